import { keyNameOf } from '../identity/chain.js';
import type { Keyring } from '../identity/keyring.js';
import type { Membership } from '../identity/membership.js';

/** The federation this node counts for, as its administrator sees it. Never a key, only the keys' names. */
export interface FederationView {
  /** Null while the node stands alone with keys of its own. */
  name: string | null;
  federation: string;
  identity: string;
  dayZero: string;
  epochDays: number;
  chain: string;
  /** Names of the epoch keys that are held. */
  keys: string[];
  firstDay: string;
  /** A federation that was imported and takes over on that day. */
  next: { name: string | null; federation: string; firstDay: string } | null;
}

export function federationView({ current, next }: Keyring): FederationView {
  const { calendar, chain } = current;
  return {
    name: nameOf(current),
    federation: current.federation,
    identity: current.scheme,
    dayZero: calendar.dayZero,
    epochDays: calendar.epochDays,
    chain: chain.name,
    keys: [...chain.keys.keys()].map((epoch) => keyNameOf(chain, epoch) ?? ''),
    firstDay: current.firstDay,
    next: next && { name: nameOf(next), federation: next.federation, firstDay: next.firstDay },
  };
}

function nameOf(membership: Membership): string | null {
  return membership.name === '' ? null : membership.name;
}
