import type { Clock } from '../clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf, dayStartMs, daysFromTo, isoSeconds } from '../clock/day.js';
import { SEQ_OFF_MS_MAX } from '../protocol/acceptance.js';
import { envelopeId, signEnvelope } from '../protocol/envelope.js';
import type { NodeKey } from '../protocol/node-key.js';
import { REPORT_FORMAT, type Report } from '../protocol/report.js';
import { sketchDigest } from '../protocol/sketch-transfer.js';
import { encodeHyll } from '../sketch/hyll.js';
import { marginOfTwoKeys } from '../sketch/interval.js';
import type { Sketch } from '../sketch/sketch.js';
import type { Ledger, LedgerReport } from '../storage/ledger.js';
import type { OwnCounts, OwnDay } from './own-counts.js';

/** What a report says of the federation it is for, and which keys its sketches may be under. */
export interface ReportTerms {
  federation: string;
  identity: string;
  /** Key names of a day: its own epoch's, then the next one's. */
  keyNames(day: Day): readonly [own: string, next: string];
  isLastOfEpoch(day: Day): boolean;
  /** Days before this one were counted under other keys. */
  firstDay: Day;
  /** Below this many visitors a day no sketch is sent, only counts. */
  sketchMinimum: number;
}

const ISSUED_DAYS = 62;
const OPEN_VALID_MS = 6 * 3_600_000;
const CLOSED_VALID_MS = 48 * 3_600_000;
/** A first report of a day issued later than this is an import. */
const BACKFILL_MS = 48 * 3_600_000;
/** How far beyond the last number the next one lies at most, where the clock is not beyond it. */
const SEQ_STEP_MAX = 10_000;

/**
 * Signs a report of each of the node's own days that changed since the last one, and puts it into the ledger. Days
 * whose hits have not changed are not read again; an unchanged open day is signed anew at half of its validity.
 */
export class ReportIssuer {
  constructor(
    private readonly counts: OwnCounts,
    private readonly ledger: Ledger,
    private readonly key: NodeKey,
    private readonly terms: () => Promise<ReportTerms | null>,
    private readonly clock: Clock,
    /** Uniform in [0, 1). */
    private readonly random: () => number,
  ) {}

  /**
   * The days that were issued. None on a node that holds no keys.
   * @param inAnyCase Days that are issued anew although nothing seems to have changed.
   * @param charterMinimum No sketch of a day of fewer visitors, whatever the node's own terms say.
   */
  async issue(inAnyCase: ReadonlySet<Day> = new Set(), charterMinimum = 0): Promise<Day[]> {
    const own = await this.terms();
    if (!own) return [];
    const terms = { ...own, sketchMinimum: Math.max(own.sketchMinimum, charterMinimum) };
    const issued: Day[] = [];
    for (const { day, hits } of await this.candidates(inAnyCase)) {
      if (await this.issueDay(day, hits, terms, inAnyCase.has(day))) issued.push(day);
    }
    return issued;
  }

  private async candidates(inAnyCase: ReadonlySet<Day>): Promise<{ day: Day; hits: number }[]> {
    const today = dayOf(this.clock.nowMs());
    const from = addDays(today, -ISSUED_DAYS);
    const hitsByDay = new Map((await this.counts.hits(from, today)).map(({ day, hits }) => [day, hits]));
    if (!hitsByDay.has(today)) hitsByDay.set(today, 0);
    for (const day of daysFromTo(from, today)) {
      if (hitsByDay.has(day)) continue;
      const report = (await this.ledger.slot(this.key.nodeId, day))?.accepted.report;
      // A day that nobody came to is closed, too, and signed again with the others.
      if (inAnyCase.has(day) || (report && !report.closed)) hitsByDay.set(day, report?.hits ?? 0);
    }
    return [...hitsByDay].map(([day, hits]) => ({ day, hits })).sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  private async issueDay(day: Day, hits: number, terms: ReportTerms, inAnyCase: boolean): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    const previous = (await this.ledger.slot(this.key.nodeId, day))?.accepted ?? null;
    const closed = dayStartMs(day) + DAY_MS <= nowMs;
    const now = { hits, closed, federation: terms.federation, nowMs };
    if (previous && !inAnyCase && !isDue(previous.report, now)) return false;
    const seq = this.numberAfter(previous, nowMs);
    // Too far from its time: the clock was ahead, and has nearly been caught up with.
    if (seq - Date.parse(isoSeconds(nowMs)) > SEQ_OFF_MS_MAX) return false;
    const own = await this.counts.day(day);
    if (day < terms.firstDay && !hasSketchUnder(own, terms.keyNames(day))) return false;
    await this.sign({ day, seq, hits, closed, own, previous, terms, nowMs });
    return true;
  }

  /**
   * The time, or where that is not beyond the last number, one that is. How far is left to chance: a node restored from a
   * backup would otherwise count on as it did before, and give one number to two reports.
   */
  private numberAfter(previous: LedgerReport | null, nowMs: number): number {
    if (!previous || previous.seq < nowMs) return nowMs;
    return previous.seq + 1 + Math.floor(this.random() * SEQ_STEP_MAX);
  }

  private async sign(draft: Draft): Promise<void> {
    const sketches = sketchesToSend(draft);
    const report = reportOf(draft, this.key.nodeId, sketches);
    const envelope = signEnvelope('report', report, this.key);
    const stored: LedgerReport = {
      origin: this.key.nodeId,
      day: draft.day,
      seq: report.seq,
      reportId: envelopeId(envelope),
      envelope,
      report,
      receivedAtMs: draft.nowMs,
    };
    const bytes = new Map([...sketches.values()].map((sketch) => [sketch.digest, sketch.bytes]));
    const { origin, day, seq } = stored;
    await this.ledger.store(stored, bytes, {
      origin,
      day,
      seq,
      rule: 'own',
      verdict: 'count',
      by: 'rule',
      atMs: draft.nowMs,
    });
  }
}

interface Draft {
  day: Day;
  seq: number;
  hits: number;
  closed: boolean;
  own: OwnDay;
  previous: LedgerReport | null;
  terms: ReportTerms;
  nowMs: number;
}

/** Whether the day has to be reported again: it changed, it is over, or its open report will soon be stale. */
function isDue(
  previous: Report,
  now: { hits: number; closed: boolean; federation: string; nowMs: number },
): boolean {
  if (previous.federation !== now.federation) return true;
  if (previous.hits !== now.hits || previous.closed !== now.closed) return true;
  const issuedMs = Date.parse(previous.issuedAt);
  const halfwayMs = issuedMs + (Date.parse(previous.validUntil) - issuedMs) / 2;
  return !now.closed && now.nowMs >= halfwayMs;
}

function hasSketchUnder(own: OwnDay, keyNames: readonly string[]): boolean {
  return keyNames.some((keyName) => own.sketches.has(keyName));
}

interface NamedSketch {
  digest: string;
  bytes: Uint8Array;
}

/** As receivers judge it: `count-off-sketch`. */
const SIGMAS = 5;

/**
 * An open day goes under the current epoch only; a day that is over, and an epoch's last, under the next one too. Where a
 * node was restored and took an open day back, it has no more of that day under the next key than what came since: a
 * sketch of fewer people than were there is left out, and the day is not merged in windows that are read under that key.
 */
function sketchesToSend({ day, closed, own, terms }: Draft): Map<string, NamedSketch> {
  const sent = new Map<string, NamedSketch>();
  if (own.uniques < terms.sketchMinimum) return sent;
  const [ownKey, nextKey] = terms.keyNames(day);
  const keyNames = closed || terms.isLastOfEpoch(day) ? [ownKey, nextKey] : [ownKey];
  for (const keyName of keyNames) {
    const sketch = own.sketches.get(keyName);
    if (!sketch || !isOf(own.uniques, sketch)) continue;
    const bytes = encodeHyll(sketch);
    sent.set(keyName, { digest: sketchDigest(bytes), bytes });
  }
  return sent;
}

function isOf(uniques: number, sketch: Sketch): boolean {
  const estimate = sketch.estimate();
  return Math.abs(estimate - uniques) <= marginOfTwoKeys(Math.max(estimate, uniques), SIGMAS);
}

function reportOf(draft: Draft, origin: string, sketches: ReadonlyMap<string, NamedSketch>): Report {
  const { day, seq, hits, closed, own, previous, terms, nowMs } = draft;
  const isBackfill = previous ? previous.report.backfill : nowMs > dayStartMs(day) + DAY_MS + BACKFILL_MS;
  return {
    v: 1,
    federation: terms.federation,
    origin,
    day,
    seq,
    issuedAt: isoSeconds(nowMs),
    validUntil: isoSeconds(nowMs + (closed ? CLOSED_VALID_MS : OPEN_VALID_MS)),
    closed,
    format: REPORT_FORMAT,
    identity: terms.identity,
    hits,
    uniques: own.uniques,
    windows: own.windows,
    sketches: Object.fromEntries([...sketches].map(([keyName, { digest }]) => [keyName, digest])),
    ...(isBackfill && { backfill: true }),
  };
}
