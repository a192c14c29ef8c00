import Database from 'better-sqlite3';
import type { Clock } from '../../clock/clock.js';
import { DAY_MS, type Day, type Hour } from '../../clock/day.js';
import type { Sketch } from '../../sketch/sketch.js';
import {
  type CountStore,
  type DayCounts,
  type HourCounts,
  type SketchName,
  StoreUnavailableError,
  type Visit,
} from '../count-store.js';
import { DroppedHits } from '../dropped-hits.js';
import { errorCodeOf } from '../error-code.js';
import { type CommitFigures, GroupCommit, type PendingVisits, type Recorded } from '../group-commit.js';
import { placeOf, VisitTally } from '../visit-tally.js';
import { CountStatements } from './count-statements.js';
import { migrateCounts } from './counts-schema.js';
import { HotSketches } from './hot-sketches.js';

const IDEMPOTENCY_MS = DAY_MS;
/** The file is this process's alone. Whoever locks it all the same must not make the whole node wait. */
const BUSY_MS = 100;
/** Notes of raised registers, names included, until the sketches are written again: some hundred commits. */
const RAISED_BYTES_MAX = 65_536;

/**
 * Counts in one SQLite file, by prepared statements on the main thread: a commit with `synchronous=FULL` takes a
 * third of a millisecond, and group commit shares it among all visits of the moment.
 */
export class SqliteCountStore implements CountStore {
  private readonly commits = new GroupCommit(async (pending) => this.write(pending));
  private readonly dropped = new DroppedHits(() => this.commits.add([]));
  private readonly hot: HotSketches;
  private raisedBytes: number;

  private constructor(
    private readonly database: Database.Database,
    private readonly statements: CountStatements,
    private readonly clock: Clock,
  ) {
    this.hot = new HotSketches((name) => statements.sketch(name));
    this.raisedBytes = statements.raisedBytes();
  }

  /** Opens or creates the file. Throws StoreUnavailableError when that fails, CountsTooNewError for a newer schema. */
  static async open(path: string, clock: Clock): Promise<SqliteCountStore> {
    return refusing(() => {
      const database = new Database(path, { timeout: BUSY_MS });
      try {
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = FULL');
        migrateCounts(database);
        return new SqliteCountStore(database, new CountStatements(database), clock);
      } catch (error) {
        database.close();
        throw error;
      }
    });
  }

  async record(visit: Visit): Promise<void> {
    await this.commits.add([visit]);
  }

  recordBatch(visits: readonly Visit[], idempotencyKey?: string): Promise<Recorded> {
    return this.commits.add(visits, idempotencyKey ?? null);
  }

  recordDropped(day: Day, reason: string, count: number): void {
    this.dropped.add(day, reason, count);
  }

  async raiseImportedUniques(day: Day, uniques: number): Promise<void> {
    this.guarded(() => this.statements.raiseImportedUniques(day, uniques));
  }

  async raiseHits(day: Day, hits: number): Promise<void> {
    if (hits > 0) this.guarded(() => this.statements.raiseHits(day, hits));
  }

  async sketch(name: SketchName): Promise<Sketch | null> {
    return this.guarded(() => this.hot.copy(name));
  }

  async daySketches(day: Day): Promise<Map<string, Sketch>> {
    return this.guarded(() => {
      const sketches = new Map<string, Sketch>();
      for (const name of this.statements.daySketchNames(day)) {
        const sketch = this.hot.copy(name);
        if (sketch) sketches.set(placeOf(name).keyName, sketch);
      }
      return sketches;
    });
  }

  async mergeSketch(name: SketchName, sketch: Sketch): Promise<void> {
    this.unlessItFails([name], () => {
      if (!sketch.isEmpty() && this.hot.merge(name, sketch))
        this.statements.putSketch(name, this.hot.encode(name));
    });
  }

  async days(from: Day, to: Day): Promise<DayCounts[]> {
    return this.guarded(() => this.statements.days(from, to));
  }

  async hours(from: Hour, to: Hour): Promise<HourCounts[]> {
    return this.guarded(() => this.statements.hours(from, to));
  }

  async prune(firstDay: Day, firstHour: Hour): Promise<number> {
    const { days, names } = this.unlessItFails([], () => {
      this.foldRaised();
      return this.statements.prune(firstDay, firstHour);
    });
    this.hot.forget(names);
    return days;
  }

  /** Rewrites a row, since a file can be readable and yet not take anything any more. */
  get commitFigures(): CommitFigures {
    return this.commits.figures;
  }

  async check(): Promise<void> {
    this.guarded(() => this.statements.check());
  }

  async close(): Promise<void> {
    this.dropped.stop();
    await this.commits.add([]).catch(() => undefined);
    await this.commits.idle();
    this.database.close();
  }

  private write(pending: readonly PendingVisits[]): Recorded[] {
    const names = new Set<SketchName>();
    const dropped = this.dropped.take();
    try {
      return this.unlessItFails(names, () => {
        const outcomes: Recorded[] = [];
        const tally = new VisitTally();
        for (const { visits, idempotencyKey } of pending) {
          const isNew = idempotencyKey === null || this.claim(idempotencyKey);
          outcomes.push(isNew ? 'recorded' : 'repeated');
          if (isNew) tally.add(visits);
        }
        this.statements.addHits(tally.dayHits, tally.hourHits, dropped);
        for (const [name, ids] of tally.ids) {
          names.add(name);
          const raised = this.hot.raise(name, ids);
          if (raised) this.note(name, raised);
        }
        if (this.raisedBytes > RAISED_BYTES_MAX) this.foldRaised();
        return outcomes;
      });
    } catch (error) {
      this.dropped.giveBack(dropped);
      throw error;
    }
  }

  /** Whether the key is new. Those that have had their time are forgotten along the way. */
  private claim(idempotencyKey: string): boolean {
    const nowMs = this.clock.nowMs();
    this.statements.forgetKeysBefore(nowMs - IDEMPOTENCY_MS);
    return this.statements.claim(idempotencyKey, nowMs);
  }

  private note(name: SketchName, raised: Uint8Array): void {
    this.statements.noteRaised(name, raised);
    this.raisedBytes += name.length + raised.length;
  }

  private foldRaised(): void {
    this.statements.foldRaised((name) => this.hot.encode(name));
    this.raisedBytes = 0;
  }

  private guarded<T>(work: () => T): T {
    if (!this.database.open) throw new StoreUnavailableError('the counts: they are closed');
    return refusing(work);
  }

  /** One transaction. When it fails, the sketches that it may have raised in memory are read from the file again. */
  private unlessItFails<T>(names: Iterable<SketchName>, work: () => T): T {
    try {
      return this.guarded(() => this.statements.transaction(work) as T);
    } catch (error) {
      this.hot.forget(names);
      throw error;
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'it is read-only',
  SQLITE_IOERR: 'the disk does not answer',
  SQLITE_CANTOPEN: 'its file cannot be opened',
  SQLITE_BUSY: 'another program holds a lock on it',
  SQLITE_CORRUPT: 'its file is damaged: restore a backup',
  SQLITE_NOTADB: 'its file is not a database: restore a backup',
};

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errorCodeOf(error);
    const known = Object.keys(REASONS).find((reason) => code === reason || code.startsWith(`${reason}_`));
    if (known === undefined) throw error;
    throw new StoreUnavailableError(`the counts: ${REASONS[known]} (${code})`, { cause: error });
  }
}
