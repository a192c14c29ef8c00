import type { Role, VisitorSetting } from '../config/config.js';

/** What a page about privacy is made of. */
export interface PrivacyFacts {
  name: string | null;
  counting: boolean;
  visitor: VisitorSetting;
  honoursDoNotTrack: boolean;
  ignoresSomeAddresses: boolean;
  keptDays: number;
  epochDays: number;
  /** Null for a node that stands alone. */
  federation: string | null;
  role: Role;
  publicCounts: boolean;
}
