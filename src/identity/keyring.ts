import { type Day, dayOf } from '../clock/day.js';
import { type Chain, type ChainLink, chainOf, keyNameOf, withLinks } from './chain.js';
import { epochOf, epochOfWindow, epochsOfDay } from './epoch-calendar.js';
import { chainName, EPOCH_KEY_BYTES, keyCheckValue, keyName, nextEpochKey } from './epoch-key.js';
import type { FederationLine, LineAhead } from './federation-line.js';
import { type Founding, foundFederation } from './founding.js';
import { blindMembership, type Membership, membershipOf, takenOver, turnMembership } from './membership.js';

/**
 * The secrets of a node, as a value: every function here answers a new keyring and changes none. Whoever keeps it
 * in a file overwrites the file with each new one, or the keys of the past live on.
 */
export interface Keyring {
  /** 32 bytes, the node's own and never sent, for hour and all-time sketches. */
  localKey: Uint8Array;
  current: Membership;
  /** A federation that was imported and takes over on its first day. */
  next: Membership | null;
}

export interface KeyInUse {
  /** `<chain>.<epoch>`. */
  keyName: string;
  epoch: number;
}

/** A key that a day is written under. */
export interface DayKey extends KeyInUse {
  secret: Uint8Array;
}

/**
 * Why a keyring can't do what was asked. `no-key`: there is no epoch key to hand over; `ahead-of-clock`: the line's
 * epoch has not come; `conflict`: the line names a chain that is held, but with another key, calendar or scheme.
 */
export type KeyringReason = 'no-key' | 'ahead-of-clock' | 'conflict';

export class KeyringError extends Error {
  override readonly name = 'KeyringError';

  constructor(
    readonly reason: KeyringReason,
    explanation: string,
  ) {
    super(explanation);
  }
}

/** A node's first keyring: the only member of a new federation. */
export function createKeyring(founding: Founding): Keyring {
  const localKey = Uint8Array.from(founding.random(EPOCH_KEY_BYTES));
  return {
    localKey,
    current: membershipOf(foundFederation(founding), founding.today, founding.today),
    next: null,
  };
}

/**
 * The keyring as it should be at this time: keys ratcheted forward to today's epoch and the next, however long the
 * node was off; the imported federation in charge from its first day on. A key is dropped 48 h after its epoch's
 * end, and only when `agreed`: a peer's signed time, or on a node alone the monotone clock, confirms the time, for
 * a clock that leaps ahead must not destroy keys that are still needed. A clock that goes back brings nothing back.
 * Turning again changes nothing. Turn before the first visit of a day is written, or that day lacks a key.
 */
export function turnKeyring(keyring: Keyring, nowMs: number, { agreed }: { agreed: boolean }): Keyring {
  const { localKey, next } = keyring;
  const takesOver = next !== null && dayOf(nowMs) >= next.firstDay;
  return {
    localKey,
    current: turnMembership(takesOver ? takenOver(keyring.current, next) : keyring.current, nowMs, agreed),
    next: next === null || takesOver ? null : turnMembership(next, nowMs, agreed),
  };
}

/**
 * The keys that a day is written under, in the order of their epochs: two for today; for an imported day of the last
 * epoch, once its key is gone, one; for days before that none. Days before the membership began count too. A day
 * whose own key has not come is written under a stand-in that nobody else has: its people are still counted here.
 */
export function keysOfDay(keyring: Keyring, day: Day): DayKey[] {
  const { calendar, chain } = keyring.current;
  const [own, next] = epochsOfDay(calendar, day);
  const held = [own, next].flatMap((epoch) => {
    const secret = chain.keys.get(epoch);
    const isThere = secret && day >= (chain.from.get(epoch) ?? day);
    return isThere ? [{ keyName: keyNameOf(chain, epoch)!, epoch, secret }] : [];
  });
  const isWaiting = own > Math.max(...chain.keys.keys()) || day < (chain.from.get(own) ?? day);
  return isWaiting && chain.keys.size > 0 ? [standIn(keyring, own), ...held] : held;
}

/** Of this node's own key, by the same ratchet, so that it dies with nothing but the node's own key. */
function standIn({ localKey, current }: Keyring, epoch: number): DayKey {
  const place = { federation: current.federation, chain: chainName(localKey), epoch };
  const secret = nextEpochKey(localKey, place);
  return { keyName: keyName(chainName(secret), epoch), epoch, secret };
}

/** The key that a window which ends on `lastDay` is read under, held or not. Null before the calendar begins. */
export function keyOfWindow(keyring: Keyring, lastDay: Day): KeyInUse | null {
  const { calendar, chain, formerChains } = keyring.current;
  const epoch = epochOfWindow(calendar, lastDay);
  const former = formerChains.find(({ through }) => lastDay <= through);
  const name = keyNameOf(former ? { name: former.name, links: [] } : chain, epoch);
  return name === null ? null : { keyName: name, epoch };
}

/** What was announced of a federation's epochs to come. Of another federation or chain it says nothing. */
export function learnLinks(
  keyring: Keyring,
  about: { federation: string; chain: string },
  links: readonly ChainLink[],
  decidedThrough: number | null,
): Keyring {
  const learned = (membership: Membership): Membership =>
    membership.federation === about.federation && membership.chain.name === about.chain
      ? { ...membership, chain: withLinks(membership.chain, links, decidedThrough) }
      : membership;
  return { ...keyring, current: learned(keyring.current), next: keyring.next && learned(keyring.next) };
}

/** A keyring without any epoch key: what a node that counts no visitors keeps. It can still name the keys. */
export function blindKeyring(keyring: Keyring): Keyring {
  return {
    ...keyring,
    current: blindMembership(keyring.current),
    next: keyring.next && blindMembership(keyring.next),
  };
}

/**
 * The line that lets another node join the current federation, with the key of today's epoch, or without any key
 * for a blind hub. Throws KeyringError `no-key` on a blind node, and when the clock is behind the held keys.
 */
export function federationLine(
  keyring: Keyring,
  today: Day,
  { withKey }: { withKey: boolean },
): FederationLine {
  const { federation, name, calendar, scheme, chain } = keyring.current;
  const epoch = epochOf(calendar, today);
  const key = chain.keys.get(epoch);
  if (!key) throw new KeyringError('no-key', 'this node holds no key of the current epoch to hand over');
  const check = keyCheckValue(key);
  const ahead = aheadOf(chain, epoch, withKey);
  return {
    ...{ federation, name, calendar, scheme },
    chain: { name: chainOf(chain, epoch), epoch, key: withKey ? key : null, check, ...(ahead && { ahead }) },
  };
}

/** Whoever joins can't make the next key where its entropy is gone. */
function aheadOf(chain: Chain, epoch: number, withKey: boolean): LineAhead | null {
  const links = chain.links.filter((link) => link.epoch > epoch);
  if (links.length === 0 && chain.decidedThrough === null) return null;
  const shown = withKey ? links : links.map((link) => ({ ...link, fresh: null }));
  const next = withKey ? (chain.keys.get(epoch + 1) ?? null) : null;
  return { next, links: shown, decidedThrough: chain.decidedThrough };
}
