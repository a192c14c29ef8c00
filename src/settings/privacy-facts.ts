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
  /** Days after a visit by when its keys are destroyed. */
  keysGoneAfterDays: number;
  /** Null for a node that stands alone. */
  federation: string | null;
  role: Role;
  publicCounts: boolean;
}
