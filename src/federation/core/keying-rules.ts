import { DAY_MS, dayOf, dayStartMs, HOUR_MS } from '../../clock/day.js';
import { type EpochCalendar, epochOf, firstDayOfEpoch } from '../../identity/epoch-calendar.js';
import type { Keying } from '../../protocol/keying.js';

/** Fresh entropy has to be known everywhere before anybody makes the key: announced so long before that. */
const NOTICE_MS = 72 * HOUR_MS;
/** What was announced in the last moment may take so long to arrive. */
const ARRIVAL_MS = HOUR_MS;
const BEGIN_BEFORE_MS = 10 * DAY_MS;
const LAST_DAY_MS = DAY_MS;

/** The last moment at which entropy for that epoch may be announced: its key is made as the epoch before begins. */
export function dueMs(calendar: EpochCalendar, epoch: number): number {
  return dayStartMs(firstDayOfEpoch(calendar, epoch - 1)) - NOTICE_MS;
}

/** Whoever has heard of everything up to a moment knows of every epoch up to this one whether it gets entropy. */
export function decidedThrough(calendar: EpochCalendar, heardMs: number): number {
  return epochOf(calendar, dayOf(heardMs + NOTICE_MS - ARRIVAL_MS)) + 1;
}

/** The epoch for which entropy can be announced now. */
export function epochToFreshen(calendar: EpochCalendar, nowMs: number): number {
  return epochOf(calendar, dayOf(nowMs)) + 2;
}

/**
 * When a member that has seen no entropy for that epoch makes some: each at its own place in the week before the last
 * day, so that one of them does it. Null where epochs are too short for that.
 * @param phase Of the member, in [0, 1).
 */
export function turnToFreshenMs(calendar: EpochCalendar, epoch: number, phase: number): number | null {
  const due = dueMs(calendar, epoch);
  const begin = Math.max(dayStartMs(firstDayOfEpoch(calendar, epoch - 2)), due + NOTICE_MS - BEGIN_BEFORE_MS);
  const span = due - LAST_DAY_MS - begin;
  return span < 0 ? null : begin + phase * span;
}

/** The newest keying of each node, by node id. */
export function newestBySigner(keyings: readonly Keying[]): Map<string, Keying> {
  const newest = new Map<string, Keying>();
  for (const keying of keyings) {
    const known = newest.get(keying.from.node);
    if (!known || known.number < keying.number) newest.set(keying.from.node, keying);
  }
  return newest;
}

/**
 * Everyone who may receive keys, with the sealing key: those whom the anchors endorse, those whom these endorse, and
 * so on. Whom a person here decided against is left out, and so is whoever only that one vouches for.
 */
export function trustedNodes(
  newest: ReadonlyMap<string, Keying>,
  anchors: ReadonlyMap<string, string | null>,
  withheld: ReadonlySet<string>,
): Map<string, string | null> {
  const trusted = new Map<string, string | null>();
  const next = [...anchors];
  for (let step = next.pop(); step; step = next.pop()) {
    const [node, sealKey] = step;
    if (withheld.has(node) || trusted.has(node)) continue;
    const own = newest.get(node);
    trusted.set(node, own?.from.sealKey ?? sealKey);
    for (const endorsed of own?.endorses ?? []) next.push(endorsed);
  }
  return trusted;
}

/**
 * Whose entropy an epoch gets: of all who announced some in time, the one of the lowest node id, so that everyone who
 * has seen the same announcements chooses the same. Null when nobody did.
 */
export function chosenKeying(
  keyings: readonly Keying[],
  place: { chain: string; epoch: number },
  calendar: EpochCalendar,
  isBelieved: (keying: Keying) => boolean,
): Keying | null {
  const candidates = keyings.filter(
    (keying) =>
      keying.fresh !== null &&
      keying.chain === place.chain &&
      keying.epoch === place.epoch &&
      Date.parse(keying.issuedAt) <= dueMs(calendar, keying.epoch) &&
      isBelieved(keying),
  );
  return candidates.sort((a, b) => (a.from.node < b.from.node ? -1 : 1))[0] ?? null;
}

/** The emergency cut that ends a chain: of several, that of the lowest node id. Null while nobody cuts. */
export function chosenCut(
  keyings: readonly Keying[],
  chainIn: (epoch: number) => string,
  isBelieved: (keying: Keying) => boolean,
): Keying | null {
  const cuts = keyings.filter(
    (keying) => keying.cut !== null && keying.chain === chainIn(keying.epoch - 1) && isBelieved(keying),
  );
  return cuts.sort((a, b) => (a.from.node < b.from.node ? -1 : 1))[0] ?? null;
}
