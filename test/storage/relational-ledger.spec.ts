import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { addDays } from '../../src/clock/day.js';
import { RelationalRecords } from '../../src/storage/relational/relational-records.js';
import { decisionOn, delivered, ledgerReport, originOf, sketchOf } from '../contract/ledger-fixtures.js';
import { temporaryFolder } from '../contract/records-harness.js';

const DAY = '2026-11-22';
const BERLIN = originOf('berlin');

/** What only the ledger on a disk can get wrong; the rest is in test/contract/ledger.contract.ts. */
describe('RelationalLedger', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let records: RelationalRecords;
  let path: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'records.sqlite');
    records = await RelationalRecords.open(path);
  });

  afterEach(async () => {
    await records.close();
    await folder.remove();
  });

  function elsewhere<Result>(work: (database: Database.Database) => Result): Result {
    const database = new Database(path);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  const countOf = (table: string) =>
    elsewhere((file) => file.prepare(`SELECT count(*) AS rows FROM ${table}`).get());

  it('leaves nothing of a report whose sketch the database refuses', async () => {
    const [one, two] = [sketchOf('1'), sketchOf('2')];
    const before = ledgerReport({ origin: BERLIN, day: DAY, seq: 1, sketches: [one] });
    await records.ledger.store(before, delivered(one), decisionOn(before, 'count'));
    elsewhere((file) =>
      file.exec("CREATE TRIGGER refuse BEFORE INSERT ON sketches BEGIN SELECT RAISE(ABORT, 'no'); END"),
    );
    const report = ledgerReport({ origin: BERLIN, day: DAY, seq: 2, sketches: [two] });
    const storing = () => records.ledger.store(report, delivered(two), decisionOn(report, 'count'));
    await expect(storing()).rejects.toHaveProperty('message', 'no');
    expect(await records.ledger.slots(DAY, DAY)).toEqual([{ accepted: before, counted: before }]);
    expect(await records.ledger.decisions(DAY, DAY)).toEqual([decisionOn(before, 'count')]);
    expect(countOf('sketch_mentions')).toEqual({ rows: 1 });
    elsewhere((file) => file.exec('DROP TRIGGER refuse'));
    await storing();
    expect((await records.ledger.slot(BERLIN, DAY))?.counted).toEqual(report);
    expect(await records.ledger.sketch(one.digest)).toBeNull();
  });

  it('lets a reader of all slots see a removal whole or not at all', async () => {
    const days = Array.from({ length: 60 }, (_, offset) => addDays(DAY, offset));
    for (const day of days) {
      const report = ledgerReport({ origin: BERLIN, day, seq: 1 });
      await records.ledger.store(report, delivered(), decisionOn(report, 'count'));
    }
    const reading = records.ledger.slots(days[0]!, days[59]!);
    const [slots] = await Promise.all([reading, records.ledger.removeOrigin(BERLIN)]);
    expect([0, 60]).toContain(slots.length);
    expect(await records.ledger.slots(days[0]!, days[59]!)).toEqual([]);
  });

  it('leaves no row behind when origins and days are forgotten', async () => {
    for (let index = 0; index < 130; index += 1) {
      const sketch = sketchOf(`${index}`);
      const report = ledgerReport({
        origin: originOf(`o${index}`),
        day: addDays(DAY, index % 3),
        seq: 1,
        sketches: [sketch],
      });
      await records.ledger.store(report, delivered(sketch), decisionOn(report, 'count'));
    }
    await records.ledger.removeOrigin(originOf('o0'));
    expect(await records.ledger.prune(addDays(DAY, 3))).toBe(129);
    for (const table of ['reports', 'decisions', 'sketches', 'sketch_mentions'])
      expect([table, countOf(table)]).toEqual([table, { rows: 0 }]);
  });

  it('answers queries by index: no statement reads a table from end to end', () => {
    const plans = elsewhere((file) =>
      [
        "SELECT * FROM reports WHERE day = '2026-11-22' AND origin > 'a' ORDER BY origin, seq LIMIT 250",
        "SELECT * FROM reports WHERE origin = 'a' AND day = '2026-11-22'",
        "SELECT id FROM reports WHERE origin = 'a'",
        "SELECT id FROM reports WHERE day < '2026-11-22' ORDER BY day, origin LIMIT 50",
        "SELECT * FROM reports WHERE origin = 'a' AND +day BETWEEN '2026-11-22' AND '2026-11-23' ORDER BY day, seq",
        "DELETE FROM sketches WHERE digest = x'00' AND NOT EXISTS (SELECT 1 FROM sketch_mentions m WHERE m.digest = sketches.digest)",
        'DELETE FROM decisions WHERE report = 1',
        'DELETE FROM sketch_mentions WHERE report = 1',
      ].map((sql) => JSON.stringify(file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())),
    );
    for (const plan of plans) {
      expect(plan).toContain('SEARCH');
      expect(plan).not.toContain('SCAN');
    }
    expect(plans[0]).not.toContain('TEMP B-TREE');
  });

  it('checks that it can be written', async () => {
    await records.check();
    await records.check();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(records.check()).rejects.toThrow(/another program holds a lock/);
    other.close();
    await records.check();
  });
});
