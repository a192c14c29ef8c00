import { addDays, type Day, dayOf } from '../../clock/day.js';
import type { PeerStatus } from '../../storage/peer-store.js';
import type { Policy } from './policy.js';

/** An origin as totals see it. */
export interface RosterEntry {
  nodeId: string;
  name: string | null;
  /** It agreed to be shown by name. */
  listed: boolean;
  status: PeerStatus;
  statusSinceMs: number;
}

/**
 * The first day of an origin that counts in the headline: null when all of its days do. The days of probation
 * stay outside also after it is over, unless a person makes the origin `active`.
 */
export function countsFrom(entry: RosterEntry, policy: Policy): Day | null {
  if (entry.status !== 'probation') return null;
  return addDays(dayOf(entry.statusSinceMs), policy.probationDays);
}

/** The status on a day: probation ends by itself. */
export function statusOn(entry: RosterEntry, day: Day, policy: Policy): PeerStatus {
  const firstDay = countsFrom(entry, policy);
  return firstDay !== null && day >= firstDay ? 'active' : entry.status;
}
