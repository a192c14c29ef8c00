import Database from 'better-sqlite3';
import type { Day } from '../../clock/day.js';
import { EncodedSketch } from '../../sketch/hyll.js';
import type { LedgerScan, OriginRecord } from '../ledger-scan.js';
import { slotOf } from '../ledger-slots.js';
import { bySlot } from './report-pages.js';
import type { ReportRow } from './rows/report-row.js';
import { digestBytes, readStored } from './sketch-columns.js';
import { reportOf } from './stored-report.js';

type ScannedRow = Omit<ReportRow, 'id' | 'isCounted'> & { isCounted: number };

/** Plain SQL over a connection of its own: TypeORM would take ten times as long to make objects of the rows. */
export class RelationalLedgerScan implements LedgerScan {
  private constructor(private readonly database: Database.Database) {}

  /** @param path Of the records, which must exist and be up to date. */
  static open(path: string): RelationalLedgerScan {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    // Sketches are found by their digests, which lie anywhere: enough for the index of half a million of them.
    database.pragma('cache_size = -65536');
    return new RelationalLedgerScan(database);
  }

  *origins(from: Day, to: Day): Generator<OriginRecord> {
    const { database } = this;
    const origins = database.prepare<[], { origin: string }>(
      'SELECT DISTINCT origin FROM reports ORDER BY origin',
    );
    const reports = database.prepare<[string, Day, Day], ScannedRow>(
      `SELECT origin, day, seq, report_id AS reportId, envelope, received_at_ms AS receivedAtMs,
         is_counted AS isCounted
       FROM reports WHERE origin = ? AND +day BETWEEN ? AND ? ORDER BY day, seq`,
    );
    const sketches = database
      .prepare<[Buffer], Buffer>('SELECT bytes FROM sketches WHERE digest = ?')
      .pluck();
    database.exec('BEGIN');
    try {
      for (const { origin } of origins.all()) {
        const standing = bySlot(reports.all(origin, from, to));
        const slots = standing.map((rows) => slotOf(rows.map(entryOf))!);
        yield { origin, slots, sketchOf: remembering((digest) => sketches.get(digestBytes(digest))) };
      }
    } finally {
      database.exec('COMMIT');
    }
  }

  close(): void {
    this.database.close();
  }
}

function entryOf(row: ScannedRow) {
  return { report: reportOf({ ...row, isCounted: row.isCounted === 1 }), isCounted: row.isCounted === 1 };
}

/** Each sketch is asked for once per window. */
function remembering(read: (digest: string) => Buffer | undefined) {
  const known = new Map<string, EncodedSketch | null>();
  return (digest: string): EncodedSketch | null => {
    let sketch = known.get(digest);
    if (sketch === undefined) {
      const stored = read(digest);
      sketch = stored ? new EncodedSketch(readStored(stored)) : null;
      known.set(digest, sketch);
    }
    return sketch;
  };
}
