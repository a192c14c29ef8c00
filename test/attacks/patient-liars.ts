import { addDays, type Day, dayStartMs, isoSeconds } from '../../src/clock/day.js';
import { defaultAlertThresholds } from '../../src/federation/core/alerts/alert.js';
import {
  marginalRises,
  marginalShares,
  type ShareHistory,
  withDay,
} from '../../src/federation/core/alerts/marginal-rise.js';
import { defaultThresholds } from '../../src/federation/core/judgement/thresholds.js';
import { defaultPolicy } from '../../src/federation/core/policy.js';
import type { RosterEntry } from '../../src/federation/core/roster.js';
import { computeTotal } from '../../src/federation/core/total.js';
import type { Report } from '../../src/protocol/report.js';
import { Sketch } from '../../src/sketch/sketch.js';
import type { LedgerReport, LedgerSlot } from '../../src/storage/ledger.js';
import { dayNumber, FIRST_DAY, JudgedOrigin, KEY_NAMES } from './judged-origin.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** How far liars get whose registers are hashes of people whom they invent, never more a day than the rules let pass. */
export interface LiarsDay {
  /** Days since the liars began. */
  day: number;
  /** People a day of one of them. */
  claimed: number;
  /** Of the 30 days' total, without and with them. */
  honest: number;
  total: number;
  /** Alerts that were raised until then, and on which day first. */
  alerts: string[];
}

export interface Liars {
  count: number;
  /** They joined when they began, and are on probation. */
  areNew: boolean;
  /** Honest sites, and people a day of each. */
  honestSites: number;
  honestPeople: number;
}

const PROBE_STEP = 1.02;

/** The largest day that counts after these: found with the rules themselves, not from their formula. */
async function largestCounted(origin: JudgedOrigin, day: number, least: number): Promise<number> {
  let people = least;
  for (let tried = least; ; tried = Math.ceil(tried * PROBE_STEP)) {
    const said = { day: dayNumber(day), sketches: [], closed: false, hits: tried * 2, uniques: tried };
    const rule = await origin.say({ ...said, issuedHours: 1 + Math.log(tried / least) / 10 });
    if (rule !== null) break;
    people = tried;
  }
  return people;
}

/** What one liar claims on each day: the floor, or what the rules let pass, tried one after the other. */
export async function claimsBelowTheCap(days: number, climb: boolean): Promise<number[]> {
  const origin = await JudgedOrigin.create();
  const claims: number[] = [];
  for (let day = 0; day < days; day++) {
    const least = defaultThresholds.jumpFloor;
    claims.push(climb ? await largestCounted(origin, day, least) : least);
  }
  return claims;
}

/** Lets liars report beside honest sites, and computes the total of each of the days that are asked for. */
export function liarsIn(
  federation: Liars,
  claims: readonly number[],
  asked: readonly number[],
  random: SeededNumbers,
): LiarsDay[] {
  const world = new World(federation, claims, random);
  let history: ShareHistory = {};
  const days: LiarsDay[] = [];
  const raised = new Map<string, string>();
  for (let day = 0; day < claims.length; day++) {
    world.report(day);
    const date = dayNumber(day);
    const total = world.total(day, world.everyone);
    history = withDay(history, date, marginalShares(total.instances, total));
    for (const { name } of marginalRises(history, date, defaultAlertThresholds.marginalRise))
      if (!raised.has(name)) raised.set(name, `${name} on day ${day + 1}`);
    if (!asked.includes(day)) continue;
    const peopleOf = (roster: readonly RosterEntry[]) =>
      world.total(day, roster).windows['30d'].uniques.estimate ?? 0;
    days.push({
      ...{ day, claimed: claims[day]!, honest: peopleOf(world.honest), total: peopleOf(world.everyone) },
      alerts: [...raised.values()],
    });
  }
  return days;
}

class World {
  readonly honest: RosterEntry[];
  readonly everyone: RosterEntry[];
  private readonly slots: LedgerSlot[] = [];
  private readonly sketches = new Map<string, Sketch>();

  constructor(
    private readonly liars: Liars,
    private readonly claims: readonly number[],
    private readonly random: SeededNumbers,
  ) {
    const entry = (nodeId: string, isNew: boolean): RosterEntry => ({
      ...{ nodeId, name: null, listed: true, status: isNew ? 'probation' : 'active' },
      statusSinceMs: dayStartMs(isNew ? FIRST_DAY : addDays(FIRST_DAY, -100)),
    });
    this.honest = Array.from({ length: liars.honestSites }, (_, at) => entry(`honest ${at}`, false));
    const made = Array.from({ length: liars.count }, (_, at) => entry(`liar ${at}`, liars.areNew));
    this.everyone = [...this.honest, ...made];
  }

  /** Honest sites have as many people every day, most of them the same; liars invent new ones. */
  report(day: number): void {
    for (const { nodeId } of this.honest) {
      const sketch = this.sketches.get(`${nodeId} core`) ?? this.people(this.liars.honestPeople * 0.7);
      this.sketches.set(`${nodeId} core`, sketch);
      const today = sketch.clone();
      this.random.people(this.liars.honestPeople * 0.3, today);
      this.add(nodeId, day, today);
    }
    for (const { nodeId } of this.everyone.slice(this.honest.length))
      this.add(nodeId, day, this.people(this.claims[day]!));
  }

  total(day: number, roster: readonly RosterEntry[]) {
    return computeTotal({
      ...{ slots: this.slots, roster, policy: defaultPolicy, readKey: () => KEY_NAMES[0] },
      identity: 'ip-ua/1',
      sketchOf: (digest) => this.sketches.get(digest) ?? null,
      nowMs: dayStartMs(dayNumber(day)) + 80_000_000,
    });
  }

  private people(count: number): Sketch {
    const sketch = new Sketch();
    this.random.people(Math.round(count), sketch);
    return sketch;
  }

  private add(origin: string, index: number, sketch: Sketch): void {
    const day: Day = dayNumber(index);
    const digest = `${origin} ${day}`;
    this.sketches.set(digest, sketch);
    const uniques = Math.round(sketch.estimate());
    const issuedMs = dayStartMs(day) + 79_000_000;
    const report: Report = {
      ...{ v: 1, federation: 'f', origin, format: 'hyll-p14-m64a', identity: 'ip-ua/1', day, seq: issuedMs },
      ...{ issuedAt: isoSeconds(issuedMs), validUntil: isoSeconds(issuedMs + 86_400_000), closed: true },
      ...{ hits: uniques * 2, uniques, windows: { '7d': uniques, '30d': uniques, all: uniques } },
      sketches: { [KEY_NAMES[0]]: digest },
    };
    const accepted: LedgerReport = {
      ...{ origin, day, seq: issuedMs, reportId: digest, envelope: '', report, receivedAtMs: issuedMs },
    };
    this.slots.push({ accepted, counted: accepted });
  }
}
