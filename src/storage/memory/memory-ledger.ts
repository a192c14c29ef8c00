import type { Day } from '../../clock/day.js';
import type { Decision, Ledger, LedgerEntry, LedgerReport, LedgerSlot } from '../ledger.js';
import { byOriginAndDay, type SlotEntry, settle, slotOf } from '../ledger-slots.js';

interface StandingReport extends SlotEntry {
  report: LedgerReport;
  decision: Decision;
}

/** The ledger of a node that keeps nothing: for tests and for the simulator. */
export class MemoryLedger implements Ledger {
  private readonly days = new Map<string, StandingReport[]>();
  private readonly sketches = new Map<string, Uint8Array>();
  /** How many standing reports name each digest. */
  private readonly mentions = new Map<string, number>();

  async slot(origin: string, day: Day): Promise<LedgerSlot | null> {
    return slotOf(this.days.get(keyOf(origin, day)) ?? []);
  }

  async slots(from: Day, to: Day): Promise<LedgerSlot[]> {
    const slots: LedgerSlot[] = [];
    for (const standing of this.days.values()) {
      const slot = slotOf(standing);
      if (slot !== null && isBetween(slot.accepted.day, from, to)) slots.push(slot);
    }
    return slots.sort((a, b) => byOriginAndDay(a.accepted, b.accepted));
  }

  async slotsOf(origin: string, from: Day, to: Day): Promise<LedgerSlot[]> {
    return (await this.slots(from, to)).filter(({ accepted }) => accepted.origin === origin);
  }

  async entries(day: Day, prefix = ''): Promise<LedgerEntry[]> {
    return [...this.days.values()]
      .flat()
      .filter(({ report }) => report.day === day && report.origin.startsWith(prefix))
      .map(({ report: { origin, seq, reportId } }) => ({ origin, day, seq, reportId }))
      .sort(byOriginAndDay);
  }

  async entriesOf(origin: string, from: Day, to: Day): Promise<LedgerEntry[]> {
    return [...this.days.values()]
      .flat()
      .filter(({ report }) => report.origin === origin && isBetween(report.day, from, to))
      .map(({ report: { day, seq, reportId } }) => ({ origin, day, seq, reportId }))
      .sort(byOriginAndDay);
  }

  async store(
    report: LedgerReport,
    sketches: ReadonlyMap<string, Uint8Array>,
    decision: Decision,
  ): Promise<void> {
    const key = keyOf(report.origin, report.day);
    const standing = this.days.get(key) ?? [];
    const twin = standing.find((entry) => entry.seq === report.seq);
    const arriving: StandingReport = {
      seq: report.seq,
      reportId: report.reportId,
      isCounted: decision.verdict === 'count',
      report: twin?.report ?? report,
      decision: twin !== undefined && twin.decision.atMs > decision.atMs ? twin.decision : { ...decision },
    };
    const settled = settle(standing, arriving);
    if (!settled.some(({ reportId }) => reportId === report.reportId)) return;
    const delivered = digestsOf(report).map((digest) => [digest, sketches.get(digest)?.slice()] as const);
    // Nothing below can fail: all of it happens, or, above, nothing did.
    for (const [digest, bytes] of delivered) {
      if (bytes !== undefined && !this.sketches.has(digest)) this.sketches.set(digest, bytes);
    }
    this.days.set(key, settled);
    this.mention(settled, 1);
    this.mention(standing, -1);
  }

  async sketch(digest: string): Promise<Uint8Array | null> {
    return this.sketches.get(digest)?.slice() ?? null;
  }

  async decision(origin: string, day: Day, seq: number): Promise<Decision | null> {
    const standing = this.days.get(keyOf(origin, day))?.find((entry) => entry.seq === seq);
    return standing ? { ...standing.decision } : null;
  }

  async decisions(from: Day, to: Day): Promise<Decision[]> {
    return [...this.days.values()]
      .flat()
      .filter(({ report }) => isBetween(report.day, from, to))
      .map(({ decision }) => ({ ...decision }))
      .sort(byOriginAndDay);
  }

  async removeOrigin(origin: string, day?: Day): Promise<void> {
    this.forget((report) => report.origin === origin && (day === undefined || report.day === day));
  }

  async prune(firstDay: Day): Promise<number> {
    return this.forget((report) => report.day < firstDay);
  }

  private forget(isDoomed: (report: LedgerReport) => boolean): number {
    let forgotten = 0;
    for (const [key, standing] of this.days) {
      const first = standing[0];
      if (first === undefined || !isDoomed(first.report)) continue;
      this.days.delete(key);
      this.mention(standing, -1);
      forgotten += 1;
    }
    return forgotten;
  }

  private mention(standing: readonly StandingReport[], change: 1 | -1): void {
    for (const digest of standing.flatMap(({ report }) => digestsOf(report))) {
      const count = (this.mentions.get(digest) ?? 0) + change;
      if (count > 0) this.mentions.set(digest, count);
      else {
        this.mentions.delete(digest);
        this.sketches.delete(digest);
      }
    }
  }
}

function keyOf(origin: string, day: Day): string {
  return `${day}/${origin}`;
}

function digestsOf(report: LedgerReport): string[] {
  return [...new Set(Object.values(report.report.sketches))];
}

function isBetween(day: Day, from: Day, to: Day): boolean {
  return from <= day && day <= to;
}
