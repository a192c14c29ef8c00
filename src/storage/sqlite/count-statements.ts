import type { Database, Statement, Transaction } from 'better-sqlite3';
import type { Day, Hour } from '../../clock/day.js';
import type { DayCounts, HourCounts, SketchName } from '../count-store.js';
import type { DroppedByDay } from '../dropped-hits.js';
import { placeOf } from '../visit-tally.js';
import type { StoredSketch } from './hot-sketches.js';

interface DayRow {
  day: Day;
  hits: number;
  imported_uniques: number | null;
}

/** Every statement on counts.sqlite, prepared once. */
export class CountStatements {
  /** Runs the work in one transaction; nothing of it stays when it throws. */
  readonly transaction: Transaction<(work: () => unknown) => unknown>;
  private readonly readSketch: Statement<[string], { hyll: Buffer }>;
  private readonly readDay: Statement<[string, string], { name: string }>;
  private readonly writeSketch: Statement;
  private readonly readRaised: Statement<[string], { registers: Buffer }>;
  private readonly addRaised: Statement;
  private readonly raisedNames: Statement<[], { name: string }>;
  private readonly raisedSize: Statement<[], { bytes: number }>;
  private readonly clearRaised: Statement;
  private readonly addDay: Statement;
  private readonly addHour: Statement;
  private readonly addDropped: Statement;
  private readonly addImported: Statement;
  private readonly raiseDayHits: Statement;
  private readonly readDays: Statement<[string, string], DayRow>;
  private readonly readDropped: Statement<[string, string], { day: Day; reason: string; hits: number }>;
  private readonly readHours: Statement<[string, string], HourCounts>;
  private readonly addKey: Statement;
  private readonly oldKeys: Statement;

  constructor(private readonly database: Database) {
    this.transaction = database.transaction((work: () => unknown) => work());
    this.readSketch = database.prepare('SELECT hyll FROM sketches WHERE name = ?');
    this.readDay = database.prepare(
      'SELECT name FROM sketches WHERE day = ? UNION SELECT name FROM raised WHERE name GLOB ? ORDER BY name',
    );
    this.writeSketch = database.prepare(
      `INSERT INTO sketches (name, day, hour, hyll) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET hyll = excluded.hyll`,
    );
    this.readRaised = database.prepare('SELECT registers FROM raised WHERE name = ?');
    this.addRaised = database.prepare('INSERT INTO raised (name, registers) VALUES (?, ?)');
    this.raisedNames = database.prepare('SELECT DISTINCT name FROM raised');
    this.raisedSize = database.prepare(
      'SELECT coalesce(sum(length(name) + length(registers)), 0) AS bytes FROM raised',
    );
    this.clearRaised = database.prepare('DELETE FROM raised');
    this.addDay = database.prepare(
      'INSERT INTO days (day, hits) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET hits = hits + excluded.hits',
    );
    this.addHour = database.prepare(
      'INSERT INTO hours (hour, hits) VALUES (?, ?) ON CONFLICT (hour) DO UPDATE SET hits = hits + excluded.hits',
    );
    this.addDropped = database.prepare(
      `INSERT INTO dropped (day, reason, hits) VALUES (?, ?, ?)
       ON CONFLICT (day, reason) DO UPDATE SET hits = hits + excluded.hits`,
    );
    this.addImported = database.prepare(
      `INSERT INTO days (day, imported_uniques) VALUES (?, ?)
       ON CONFLICT (day) DO UPDATE SET imported_uniques = max(coalesce(imported_uniques, 0), excluded.imported_uniques)`,
    );
    this.raiseDayHits = database.prepare(
      `INSERT INTO days (day, hits) VALUES (?, ?)
       ON CONFLICT (day) DO UPDATE SET hits = max(hits, excluded.hits)`,
    );
    this.readDays = database.prepare(
      'SELECT day, hits, imported_uniques FROM days WHERE day BETWEEN ? AND ? ORDER BY day',
    );
    this.readDropped = database.prepare('SELECT day, reason, hits FROM dropped WHERE day BETWEEN ? AND ?');
    this.readHours = database.prepare(
      'SELECT hour, hits FROM hours WHERE hour BETWEEN ? AND ? ORDER BY hour',
    );
    this.addKey = database.prepare('INSERT OR IGNORE INTO idempotency (key, at_ms) VALUES (?, ?)');
    this.oldKeys = database.prepare('DELETE FROM idempotency WHERE at_ms < ?');
  }

  sketch(name: SketchName): StoredSketch {
    const raised = this.readRaised.all(name).map(({ registers }) => registers);
    return { hyll: this.readSketch.get(name)?.hyll ?? null, raised };
  }

  daySketchNames(day: Day): SketchName[] {
    return this.readDay.all(day, `day/${day}/*`).map(({ name }) => name);
  }

  putSketch(name: SketchName, hyll: Uint8Array): void {
    const { day, hour } = placeOf(name);
    this.writeSketch.run(name, day, hour, hyll);
  }

  /** Notes what rose in a sketch. */
  noteRaised(name: SketchName, registers: Uint8Array): void {
    this.addRaised.run(name, registers);
  }

  /** How much is noted, names included. */
  raisedBytes(): number {
    return this.raisedSize.get()?.bytes ?? 0;
  }

  /** Puts the whole sketch of each name that has notes, and forgets the notes. */
  foldRaised(encode: (name: SketchName) => Uint8Array): void {
    for (const { name } of this.raisedNames.all()) this.putSketch(name, encode(name));
    this.clearRaised.run();
  }

  addHits(
    dayHits: ReadonlyMap<Day, number>,
    hourHits: ReadonlyMap<Hour, number>,
    dropped: DroppedByDay,
  ): void {
    for (const [day, hits] of dayHits) this.addDay.run(day, hits);
    for (const [hour, hits] of hourHits) this.addHour.run(hour, hits);
    for (const [day, reasons] of dropped) {
      this.addDay.run(day, 0);
      for (const [reason, hits] of reasons) this.addDropped.run(day, reason, hits);
    }
  }

  raiseImportedUniques(day: Day, uniques: number): void {
    this.addImported.run(day, uniques);
  }

  raiseHits(day: Day, hits: number): void {
    this.raiseDayHits.run(day, hits);
  }

  days(from: Day, to: Day): DayCounts[] {
    const dropped = new Map<Day, Record<string, number>>();
    for (const { day, reason, hits } of this.readDropped.all(from, to)) {
      dropped.set(day, { ...dropped.get(day), [reason]: hits });
    }
    return this.readDays.all(from, to).map(({ day, hits, imported_uniques }) => ({
      day,
      hits,
      dropped: dropped.get(day) ?? {},
      importedUniques: imported_uniques,
    }));
  }

  hours(from: Hour, to: Hour): HourCounts[] {
    return this.readHours.all(from, to);
  }

  /** Whether the key is new. */
  claim(key: string, atMs: number): boolean {
    return this.addKey.run(key, atMs).changes === 1;
  }

  forgetKeysBefore(timeMs: number): void {
    this.oldKeys.run(timeMs);
  }

  /** In a transaction of the caller's, after the notes were folded. */
  prune(firstDay: Day, firstHour: Hour): { days: number; names: string[] } {
    const names = this.database
      .prepare<[string, string], { name: string }>('SELECT name FROM sketches WHERE day < ? OR hour < ?')
      .all(firstDay, firstHour);
    this.database.prepare('DELETE FROM sketches WHERE day < ? OR hour < ?').run(firstDay, firstHour);
    this.database.prepare('DELETE FROM hours WHERE hour < ?').run(firstHour);
    this.database.prepare('DELETE FROM dropped WHERE day < ?').run(firstDay);
    const days = this.database.prepare('DELETE FROM days WHERE day < ?').run(firstDay).changes;
    return { days, names: names.map(({ name }) => name) };
  }

  check(): void {
    this.database.exec(`PRAGMA user_version = ${this.database.pragma('user_version', { simple: true })}`);
  }
}
