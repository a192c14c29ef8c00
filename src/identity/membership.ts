import { addDays, DAY_MS, type Day, dayOf, dayStartMs } from '../clock/day.js';
import { type Chain, chainOf, newChain, ratchet, withoutSpent } from './chain.js';
import {
  type EpochCalendar,
  epochOf,
  epochOfWindow,
  firstDayOfEpoch,
  lastDayOfEpoch,
} from './epoch-calendar.js';
import { EPOCH_MAX } from './epoch-key.js';
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
  /** The node that handed the federation's line over; null for its founder, and where the line does not say. */
  giver: string | null;
  /** What its chain was called before a cut. In the order of their days. */
  formerChains: readonly FormerChain[];
}

/** Windows that end on this day, or before it and after that of the one before, are read under keys of this name. */
export interface FormerChain {
  through: Day;
  name: string;
}

/** Late deliveries of an epoch's last day are still written under its own key. PROTOCOL.md, "Epoch keys". */
const KEY_AFTERLIFE_MS = 2 * DAY_MS;
/** As far back as totals tell of days. */
const FORMER_DAYS = 63;
/** A clock that leaps further (eight centuries of 30-day epochs) is broken, and is not followed. */
const RATCHET_STEPS_MAX = 10_000;

/** What a federation line tells a node that counts in that federation from `firstDay` on. */
export function membershipOf(line: FederationLine, today: Day, firstDay: Day): Membership {
  const { federation, name, calendar, scheme, giver = null } = line;
  const { name: chain, epoch, key, ahead } = line.chain;
  const keys = new Map(key ? [[epoch, key]] : []);
  if (key && ahead?.next) keys.set(epoch + 1, ahead.next);
  const membership = {
    ...{ federation, name, calendar, scheme, firstDay, giver, formerChains: [] },
    chain: {
      ...newChain(chain, keys),
      ...(ahead && { links: ahead.links, decidedThrough: ahead.decidedThrough }),
    },
  };
  return turnMembership(membership, dayStartMs(today), false);
}

/**
 * The membership as it should be at this time: the keys of today's epoch and the next, and those that are still
 * needed or, without agreement on the time, must not be destroyed yet. Every key is derived from an earlier held
 * one, so a membership whose keys are all later than this time, and a blind one, stay as they are; one that lacks
 * what the next key is made of keeps its latest until that has come.
 */
export function turnMembership(membership: Membership, nowMs: number, agreed: boolean): Membership {
  const { calendar, chain, federation } = membership;
  const today = dayOf(nowMs);
  const own = epochOf(calendar, today);
  const held = [...chain.keys.keys()].filter((epoch) => epoch <= own + 1);
  // Nothing held yet counts: a blind node, or a clock that went back behind the whole chain.
  if (held.length === 0) return membership;
  const latest = Math.max(...held);
  if (own + 1 - latest > RATCHET_STEPS_MAX || own + 1 > EPOCH_MAX) return membership;
  const isLastStillNeeded = nowMs < dayStartMs(firstDayOfEpoch(calendar, own)) + KEY_AFTERLIFE_MS;
  const firstNeeded = isLastStillNeeded ? own - 1 : own;
  const made = [...ratchet(federation, chain, latest, own + 1)];
  const newest = made.at(-1)?.[0] ?? latest;
  const isNeeded = (epoch: number) => epoch >= firstNeeded || epoch === newest;
  const kept = held.filter((epoch) => !agreed || isNeeded(epoch));
  const keys = new Map(kept.sort((a, b) => a - b).map((epoch) => [epoch, chain.keys.get(epoch)!]));
  for (const [epoch, key] of made) if (isNeeded(epoch)) keys.set(epoch, key);
  const lackedOn = newest < own + 1 ? today : null;
  const from = startsOf(chain, keys, chain.lackedOn === today ? made : [], today);
  return { ...membership, chain: { ...withoutSpent(chain, newest), keys, lackedOn, from } };
}

/** The next membership as it takes over: in the same federation, after a cut, it still knows what the chain was called. */
export function takenOver(former: Membership, next: Membership): Membership {
  return former.federation === next.federation
    ? { ...next, formerChains: formerChainsOf(former, addDays(next.firstDay, -1)) }
    : next;
}

/** As the days up to that one are told of, the oldest first. */
function formerChainsOf({ calendar, chain, formerChains }: Membership, lastDay: Day): FormerChain[] {
  const beforeFirst = addDays(lastDay, -FORMER_DAYS);
  const former = formerChains.filter(({ through }) => through > beforeFirst && through < lastDay);
  const since = addDays(former.at(-1)?.through ?? beforeFirst, 1);
  const last = epochOfWindow(calendar, lastDay);
  for (let epoch = epochOfWindow(calendar, since); epoch < last; epoch++)
    if (chainOf(chain, epoch) !== chainOf(chain, epoch + 1))
      former.push({ through: lastDayOfEpoch(calendar, epoch), name: chainOf(chain, epoch) });
  return [...former, { through: lastDay, name: chainOf(chain, last) }];
}

/** A key that came in the middle of a day would have half of the day's people: it counts from the next one on. */
function startsOf(
  { from }: Chain,
  keys: ReadonlyMap<number, Uint8Array>,
  late: readonly [number, Uint8Array][],
  today: Day,
): ReadonlyMap<number, Day> {
  const starts = new Map([...from].filter(([epoch]) => keys.has(epoch)));
  for (const [epoch] of late) if (keys.has(epoch)) starts.set(epoch, addDays(today, 1));
  return starts;
}

/** The membership without any key; it can still name them. */
export function blindMembership(membership: Membership): Membership {
  const links = membership.chain.links.map((link) => ({ ...link, fresh: null }));
  return { ...membership, chain: { ...newChain(membership.chain.name, new Map()), links } };
}
