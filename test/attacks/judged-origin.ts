import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, type Day, dayStartMs, isoSeconds } from '../../src/clock/day.js';
import { Decisions } from '../../src/federation/core/decisions.js';
import { decide } from '../../src/federation/core/judgement/decide.js';
import { defaultThresholds, type Thresholds } from '../../src/federation/core/judgement/thresholds.js';
import { Rulings } from '../../src/federation/core/rulings.js';
import type { Report } from '../../src/protocol/report.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import type { Sketch } from '../../src/sketch/sketch.js';
import type { LedgerReport } from '../../src/storage/ledger.js';
import { MemoryAuditLog } from '../../src/storage/memory/memory-audit-log.js';
import { MemoryLedger } from '../../src/storage/memory/memory-ledger.js';
import { MemoryRulingStore } from '../../src/storage/memory/memory-ruling-store.js';

export const FIRST_DAY = '2026-09-01';
export const KEY_NAMES = ['1f2e3d4c.41', '1f2e3d4c.42'] as const;
const ORIGIN = 'o'.repeat(43);

/** What an origin says. */
export interface Said {
  day: Day;
  hits: number;
  /** Under the current key, and, of a day that is over, the next one's. */
  sketches: readonly Sketch[];
  closed: boolean;
  /** Hours after the day's beginning. */
  issuedHours: number;
  /** The sketch's own estimate when left out. */
  uniques?: number;
  backfill?: boolean;
}

/** One origin before the rules of another node: what it says is judged and kept as intake does it. */
export class JudgedOrigin {
  private said = 0;

  private constructor(
    private readonly ledger: MemoryLedger,
    private readonly decisions: Decisions,
    private readonly clock: ManualClock,
    private readonly thresholds: Thresholds,
  ) {}

  static async create(thresholds: Thresholds = defaultThresholds): Promise<JudgedOrigin> {
    const [ledger, clock] = [new MemoryLedger(), new ManualClock(dayStartMs(FIRST_DAY))];
    const rulings = await Rulings.load(new MemoryRulingStore());
    const decisions = new Decisions({ ledger, clock, rulings, audit: new MemoryAuditLog() });
    return new JudgedOrigin(ledger, decisions, clock, thresholds);
  }

  /** The rule that holds the report back; null when it counts. */
  async say(said: Said): Promise<string | null> {
    const delivered = new Map(said.sketches.map((sketch) => [this.name(), encodeHyll(sketch)]));
    const stored = this.stored(said, [...delivered.keys()]);
    this.clock.set(stored.receivedAtMs);
    const slot = await this.ledger.slot(ORIGIN, said.day);
    const judged = { report: stored, counted: slot?.counted ?? null, delivered };
    const decision = await decide(judged, this.ledger, this.thresholds);
    await this.ledger.store(stored, delivered, decision);
    return decision.verdict === 'hold' ? decision.rule : null;
  }

  /** A person finds that the day is as it says. */
  async release(day: Day): Promise<void> {
    await this.decisions.release(ORIGIN, day, { by: 'a person', why: '' });
  }

  /** Everything of a day that counts. */
  async counted(day: Day): Promise<Report | null> {
    return (await this.ledger.slot(ORIGIN, day))?.counted?.report ?? null;
  }

  private name(): string {
    this.said += 1;
    return `sha256:${this.said}`;
  }

  private stored(said: Said, digests: readonly string[]): LedgerReport {
    const { day, hits, closed, backfill } = said;
    const issuedMs = dayStartMs(day) + said.issuedHours * 3_600_000;
    const uniques = said.uniques ?? Math.round(said.sketches[0]?.estimate() ?? 0);
    const report: Report = {
      ...{ v: 1, federation: 'f', origin: ORIGIN, format: 'hyll-p14-m64a', identity: 'ip-ua/1' },
      ...{ day, hits, uniques, closed, ...(backfill && { backfill }), seq: issuedMs },
      ...{ issuedAt: isoSeconds(issuedMs), validUntil: isoSeconds(issuedMs + DAY_MS) },
      ...{ windows: { '7d': uniques, '30d': uniques, all: uniques } },
      sketches: Object.fromEntries(digests.map((digest, index) => [KEY_NAMES[index]!, digest])),
    };
    const [seq, reportId] = [issuedMs, `report ${issuedMs}`];
    return { origin: ORIGIN, day, seq, reportId, envelope: '', report, receivedAtMs: issuedMs };
  }
}

export function dayNumber(index: number): Day {
  return addDays(FIRST_DAY, index);
}
