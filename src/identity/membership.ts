import { DAY_MS, type Day, dayOf, dayStartMs } from '../clock/day.js';
import { type EpochCalendar, epochOf, firstDayOfEpoch } from './epoch-calendar.js';
import { EPOCH_MAX, nextEpochKey } from './epoch-key.js';
import type { FederationLine } from './federation-line.js';
import type { VisitorScheme } from './visitor-scheme.js';

/** What a node knows of its federation. A node alone is the only member of a private one. */
export interface Membership {
  federation: string;
  name: string;
  calendar: EpochCalendar;
  scheme: VisitorScheme;
  chain: Chain;
  /** The first day that this node counts live in this federation. */
  firstDay: Day;
}

interface Chain {
  /** Made of the chain's first key, which is gone: kept, never recomputed. */
  name: string;
  /** 32-byte keys by epoch: today's and the next; for 48 h after its end the last one. None on a blind node. */
  keys: ReadonlyMap<number, Uint8Array>;
}

/** Late deliveries of an epoch's last day are still written under its own key. PROTOCOL.md, "Epoch keys". */
const KEY_AFTERLIFE_MS = 2 * DAY_MS;
/** A clock that leaps further (eight centuries of 30-day epochs) is broken, and is not followed. */
const RATCHET_STEPS_MAX = 10_000;

/** What a federation line tells a node that counts in that federation from `firstDay` on. */
export function membershipOf(line: FederationLine, today: Day, firstDay: Day): Membership {
  const { federation, name, calendar, scheme } = line;
  const { name: chain, epoch, key } = line.chain;
  const keys = new Map(key ? [[epoch, key]] : []);
  const membership = { federation, name, calendar, scheme, chain: { name: chain, keys }, firstDay };
  return turnMembership(membership, dayStartMs(today), false);
}

/**
 * The membership as it should be at this time: the keys of today's epoch and the next, and those that are still
 * needed or, without agreement on the time, must not be destroyed yet. Every key is derived from an earlier held
 * one, so a membership whose keys are all later than this time, and a blind one, stay as they are.
 */
export function turnMembership(membership: Membership, nowMs: number, agreed: boolean): Membership {
  const { calendar, chain } = membership;
  const own = epochOf(calendar, dayOf(nowMs));
  const held = [...chain.keys.keys()].filter((epoch) => epoch <= own + 1);
  // Nothing held yet counts: a blind node, or a clock that went back behind the whole chain.
  if (held.length === 0) return membership;
  const latest = Math.max(...held);
  if (own + 1 - latest > RATCHET_STEPS_MAX || own + 1 > EPOCH_MAX) return membership;
  const isLastStillNeeded = nowMs < dayStartMs(firstDayOfEpoch(calendar, own)) + KEY_AFTERLIFE_MS;
  const firstNeeded = isLastStillNeeded ? own - 1 : own;
  const kept = held.filter((epoch) => !agreed || epoch >= firstNeeded);
  const keys = new Map(kept.sort((a, b) => a - b).map((epoch) => [epoch, chain.keys.get(epoch)!]));
  for (const [epoch, key] of ratchet(membership, latest, own + 1)) {
    if (epoch >= firstNeeded) keys.set(epoch, key);
  }
  return { ...membership, chain: { name: chain.name, keys } };
}

/** The keys after the latest held one, up to and with `lastEpoch`. */
function* ratchet(
  membership: Membership,
  latest: number,
  lastEpoch: number,
): Generator<[number, Uint8Array]> {
  const { federation, chain } = membership;
  let key = chain.keys.get(latest)!;
  for (let epoch = latest + 1; epoch <= lastEpoch; epoch++) {
    key = nextEpochKey(key, { federation, chain: chain.name, epoch });
    yield [epoch, key];
  }
}

/** The membership without any key; it can still name them. */
export function blindMembership(membership: Membership): Membership {
  return { ...membership, chain: { name: membership.chain.name, keys: new Map() } };
}
