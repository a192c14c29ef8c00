import type { Clock } from '../../clock/clock.js';
import { type Day, dayOf } from '../../clock/day.js';
import { acceptReport } from '../../protocol/acceptance.js';
import { readEnvelope } from '../../protocol/envelope.js';
import { mayHaveSigned, type SigningKey } from '../../protocol/key-chain.js';
import { Refusal } from '../../protocol/refusal.js';
import { REPORT_BYTES_MAX, type Report } from '../../protocol/report.js';
import type { Ledger, LedgerEntry, LedgerReport } from '../../storage/ledger.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { deliveredSketches } from './delivered-sketches.js';
import type { LedgerIndex } from './ledger-index.js';
import { digestDays } from './ledger-view.js';
import type { Push, PushOutcome } from './messages.js';
import { type CloneSighting, OwnHistory } from './own-history.js';

export interface OwnReportsOptions {
  self: string;
  /** All keys that this node has or had. */
  keys: readonly SigningKey[];
  ledger: Ledger;
  index: LedgerIndex;
  settings: SettingsStore;
  clock: Clock;
  /** Null while this node is in no federation. */
  federation(): string | null;
  /** Below so many visitors a day the charter lets nobody share a sketch. */
  charterMinimum(): number;
  /** Signs into the ledger what changed of our own days, and those days in any case. Answers which it were. */
  issueReports(inAnyCase: ReadonlySet<Day>, charterMinimum: number): Promise<readonly Day[]>;
  /**
   * Merges what an earlier report of ours says into the own counts: canonical HYLL bytes by key name, and hits. The
   * store may have been lost since. Answers whether anything rose.
   */
  takeBack(report: Report, sketches: ReadonlyMap<string, Uint8Array>): Promise<boolean>;
}

/** As far ahead of our clock as a report may be that somebody has taken: its number, its time and their clock may be off. */
const TAKEN_AHEAD_MS = 3 * 300_000;
const LAST_DAY = '9999-12-31';

/**
 * The reports that this node signs of its own days. A node that was restored from an old backup first takes back
 * what its neighbours still hold of it; one that finds reports under its name that it did not issue stops issuing.
 */
export class OwnReports {
  /** To be issued anew: taken back and perhaps more than was reported, or signed with a key that was stolen. */
  private readonly due = new Set<Day>();
  /** How often a person has resumed it since the start. */
  resumes = 0;

  private constructor(
    private readonly options: OwnReportsOptions,
    private readonly history: OwnHistory,
  ) {}

  static async open(options: OwnReportsOptions): Promise<OwnReports> {
    const { settings, clock } = options;
    const own = new OwnReports(options, await OwnHistory.open(settings, clock));
    // Those of tomorrow too: the clock may be behind just now.
    for (const report of await own.standing(LAST_DAY)) {
      own.history.note(report);
      if (!own.isStillSigned(report)) own.due.add(report.day);
    }
    return own;
  }

  get clone(): CloneSighting | null {
    return this.history.clone;
  }

  /** A person has made sure that no other copy of this node runs: what looked like a copy's may be taken back. */
  async resume(): Promise<void> {
    await this.history.resume();
    this.resumes += 1;
  }

  /** The charter was seen for the first time, and nothing was given yet: days that show more than it allows are issued anew. */
  async heedCharter(): Promise<void> {
    const minimum = this.options.charterMinimum();
    const shown = (await this.standing()).filter(
      ({ report }) => report.uniques < minimum && Object.keys(report.sketches).length > 0,
    );
    for (const { day } of shown) this.due.add(day);
    if (shown.length > 0) await this.issue();
  }

  /** Signs what changed, and answers which days. Nothing while a clone is about. */
  async issue(): Promise<Day[]> {
    const { index, ledger, self } = this.options;
    if (this.history.clone) return [];
    await this.dropFutureReports();
    const days = await this.options.issueReports(this.due, this.options.charterMinimum());
    for (const day of days) this.due.delete(day);
    await index.reread(self, days);
    for (const day of days) {
      const slot = await ledger.slot(self, day);
      if (slot) this.history.note(slot.accepted);
    }
    return [...days];
  }

  /**
   * What was signed while the clock was ahead: nobody whose clock is right takes it, and whatever has a higher number
   * would be off its time. So it is as if it had never been signed, and the days are issued anew.
   */
  private async dropFutureReports(): Promise<void> {
    const { ledger, index, self, clock } = this.options;
    const latest = clock.nowMs() + TAKEN_AHEAD_MS;
    for (const { day, seq } of await this.standing()) {
      if (seq <= latest) continue;
      this.due.add(day);
      await ledger.removeOrigin(self, day);
      index.forget(self, day);
    }
  }

  /** Our newest report of every day that is still reported, oldest first. */
  async newest(): Promise<LedgerReport[]> {
    const federation = this.options.federation();
    return (await this.standing()).filter(({ report }) => report.federation === federation);
  }

  /** Reports under our name that a neighbour holds and this node does not know. */
  async takeBack(push: Push, neighbour: string): Promise<PushOutcome[]> {
    const packed = new Map(Object.entries(push.sketches));
    const outcomes: PushOutcome[] = [];
    for (const envelope of push.reports) outcomes.push(await this.takeOneBack(envelope, packed, neighbour));
    return outcomes;
  }

  /**
   * A neighbour says that it holds, or held until ours took its place, this report of ours. Anybody can say anything: what
   * we do not know is taken back first, signature and all, and then says by itself whether a copy runs. A copy that
   * runs reports again. Answers whether there is something to take back.
   */
  heedNamed(named: Pick<LedgerEntry, 'day' | 'reportId'>): boolean {
    return !this.history.isKnown(named);
  }

  /** The same of one that is newer than ours. One that we do know is issued anew, under a higher number. */
  heedNewer(named: Pick<LedgerEntry, 'day' | 'reportId'>): boolean {
    const isLost = this.heedNamed(named);
    if (!isLost) this.due.add(named.day);
    return isLost;
  }

  private async takeOneBack(
    envelope: string,
    packed: ReadonlyMap<string, string>,
    neighbour: string,
  ): Promise<PushOutcome> {
    try {
      const stored = this.ours(envelope);
      if (this.history.isOfClone(stored)) {
        await this.history.alarm(stored, neighbour);
        throw new Refusal('equivocation');
      }
      await this.keep(stored, packed);
      return { outcome: 'accepted', id: stored.reportId, replaced: null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Signed with a key of ours all the same: the neighbour takes nothing of that day but a higher number.
      if (error.reason === 'key-retired') this.due.add(dayOfReport(envelope));
      return { outcome: 'refused', reason: error.reason };
    }
  }

  /** Throws Refusal for anything that we did not sign for our federation. */
  private ours(envelope: string): LedgerReport {
    const { keys, clock } = this.options;
    const nowMs = clock.nowMs();
    const { report, reportId } = acceptReport(envelope, {
      federation: this.options.federation() ?? '',
      // Whoever changes its key while its clock is behind has signed with it afterwards. Nobody else did, unless it was stolen.
      keyOf: (keyId) => {
        const key = keys.find((one) => one.keyId === keyId);
        return key && !key.isStolen ? { ...key, retiredMs: null } : (key ?? null);
      },
      nowMs,
    });
    const { origin, day, seq } = report;
    // No digest is about it, so nobody asked for it, and nobody remembers what was said of it.
    if (day < digestDays(dayOf(nowMs)).from) throw new Refusal('day-out-of-range');
    return { origin, day, seq, reportId, envelope, report, receivedAtMs: nowMs };
  }

  private async keep(stored: LedgerReport, packed: ReadonlyMap<string, string>): Promise<void> {
    const { ledger, index } = this.options;
    const { origin, day, seq, report, receivedAtMs: atMs } = stored;
    const slot = await ledger.slot(origin, day);
    const sketches = await deliveredSketches(report, packed, slot, ledger);
    const byKeyName = Object.entries(report.sketches).map(
      ([keyName, digest]) => [keyName, sketches.get(digest)!] as const,
    );
    // Whatever the neighbour has that is in our counts already needs no new report, which might come late.
    const hasRisen = await this.options.takeBack(report, new Map(byKeyName));
    await ledger.store(stored, sketches, {
      ...{ origin, day, seq, rule: 'own', verdict: 'count', by: 'rule', atMs },
    });
    this.history.note(stored);
    index.note(stored);
    if (hasRisen || !this.isStillSigned(stored)) this.due.add(day);
  }

  /** Whoever stole a key could have signed it too, so nobody takes it any more. */
  private isStillSigned({ envelope, report }: LedgerReport): boolean {
    const { keyId } = readEnvelope(envelope, REPORT_BYTES_MAX);
    const key = this.options.keys.find((one) => one.keyId === keyId);
    return key !== undefined && mayHaveSigned(key, Date.parse(report.issuedAt));
  }

  private async standing(until?: Day): Promise<LedgerReport[]> {
    const { ledger, self, clock } = this.options;
    const { from, to } = digestDays(dayOf(clock.nowMs()));
    return (await ledger.slotsOf(self, from, until ?? to)).map(({ accepted }) => accepted);
  }
}

function dayOfReport(envelope: string): Day {
  const { payload } = readEnvelope(envelope, REPORT_BYTES_MAX);
  return (JSON.parse(Buffer.from(payload).toString('utf8')) as Report).day;
}
