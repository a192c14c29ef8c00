import { addDays, type Day } from '../clock/day.js';
import { chainOf } from './chain.js';
import { epochOf } from './epoch-calendar.js';
import { keyCheckValue } from './epoch-key.js';
import type { FederationLine } from './federation-line.js';
import { type Keyring, KeyringError } from './keyring.js';
import { type Membership, membershipOf, takenOver } from './membership.js';

/**
 * Joins the federation of a line: today when nothing was counted today, else with the next UTC day, since half a
 * day's visitors under one key and half under another can't be counted together. A line without a key makes the
 * node blind. Joining the federation that the node is already in changes nothing, but cancels one that waits.
 * Throws KeyringError `ahead-of-clock` or `conflict`.
 */
export function joinFederation(
  keyring: Keyring,
  line: FederationLine,
  today: Day,
  { countedToday }: { countedToday: boolean },
): Keyring {
  if (line.chain.epoch > epochOf(line.calendar, today)) {
    throw new KeyringError(
      'ahead-of-clock',
      "the line's epoch has not begun: is this machine's clock right?",
    );
  }
  for (const held of [keyring.current, keyring.next]) if (held) refuseConflict(held, line);
  if (isSame(keyring.current, line)) return { ...keyring, next: null };
  if (keyring.next && isSame(keyring.next, line)) return keyring;
  if (countedToday) return { ...keyring, next: membershipOf(line, today, addDays(today, 1)) };
  const current = takenOver(keyring.current, membershipOf(line, today, today));
  return { ...keyring, current, next: null };
}

function isSame(held: Membership, line: FederationLine): boolean {
  const isSameChain = held.federation === line.federation && isOfChain(held, line);
  const isBlind = held.chain.keys.size === 0;
  if (isBlind || line.chain.key === null) return isSameChain && isBlind === (line.chain.key === null);
  // Whoever lacks the line's key has fallen behind, and takes it from the line.
  return isSameChain && Math.max(...held.chain.keys.keys()) >= line.chain.epoch;
}

/** A line of an epoch that is over here names the chain as it was then. */
function isOfChain({ chain }: Membership, line: FederationLine): boolean {
  return chainOf(chain, line.chain.epoch) === line.chain.name;
}

/** Two nodes that call different keys by one name would merge what can't be merged. */
function refuseConflict(held: Membership, line: FederationLine): void {
  if (held.federation !== line.federation || !isOfChain(held, line)) return;
  const key = held.chain.keys.get(line.chain.epoch);
  const agrees =
    (!key || keyCheckValue(key) === line.chain.check) &&
    held.scheme === line.scheme &&
    held.calendar.dayZero === line.calendar.dayZero &&
    held.calendar.epochDays === line.calendar.epochDays;
  if (!agrees) {
    throw new KeyringError(
      'conflict',
      "the line contradicts what this node holds of the same federation's chain",
    );
  }
}
