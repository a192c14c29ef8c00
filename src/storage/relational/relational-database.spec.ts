import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { StoreUnavailableError } from '../count-store.js';
import { DatabaseTooNewError } from './migrations/migrate.js';
import { RelationalDatabase } from './relational-database.js';
import { SettingRows } from './rows/setting-row.js';
import { writingOptions } from './sqlite-options.js';

describe('RelationalDatabase', () => {
  let folder: string;
  let path: string;
  let opened: RelationalDatabase[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
    path = join(folder, 'records.sqlite');
  });

  afterEach(async () => {
    for (const database of opened) await database.close();
    opened = [];
    await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<RelationalDatabase> {
    const database = await RelationalDatabase.open(path);
    opened.push(database);
    return database;
  }

  const put = (database: RelationalDatabase, name: string, value = '1') =>
    database.write((rows) => rows.insert(SettingRows, { name, value }));

  const names = async (database: RelationalDatabase) =>
    (await database.read((rows) => rows.find(SettingRows, { order: { name: 'ASC' } }))).map(
      ({ name }) => name,
    );

  /** Does something to the file as another program would. */
  function elsewhere<Result>(work: (database: Database.Database) => Result): Result {
    const database = new Database(path);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  /** As if the disk had gone: neither commit nor rollback nor a new transaction is possible on the connection. */
  async function loseConnection(database: RelationalDatabase): Promise<void> {
    const losing = database.write(async (rows) => {
      const driver = rows.dataSource.driver as unknown as { databaseConnection: Database.Database };
      driver.databaseConnection.close();
      throw new Error('lost');
    });
    await expect(losing).rejects.toThrow('lost');
  }

  describe('opening', () => {
    it('has the tables that the rows describe, made by migrations alone', async () => {
      await open();
      const source = await new DataSource(writingOptions(path)).initialize();
      const changes = await source.driver.createSchemaBuilder().log();
      await source.destroy();
      expect(changes.upQueries.map(({ query }) => query)).toEqual([]);
    });

    it('takes back every migration', async () => {
      await open();
      const source = await new DataSource(writingOptions(path)).initialize();
      for (const _ of source.migrations) await source.undoLastMigration();
      await source.destroy();
      const left = elsewhere((file) =>
        file.prepare("SELECT name FROM sqlite_master WHERE name = 'reports'").all(),
      );
      expect(left).toEqual([]);
    });

    it('writes ahead, to the disk, with foreign keys', async () => {
      const database = await open();
      const pragma = (name: string) => database.read((rows) => rows.query(`PRAGMA ${name}`));
      expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      expect(await pragma('synchronous')).toEqual([{ synchronous: 2 }]);
      expect(await pragma('foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    });

    it('makes a file that others cannot read', async () => {
      const database = await open();
      await put(database, 'a');
      for (const name of [path, `${path}-wal`]) expect((await stat(name)).mode & 0o077).toBe(0);
    });

    it('refuses what a newer version wrote, and changes nothing in it', async () => {
      const first = await open();
      await put(first, 'kept');
      await first.close();
      elsewhere((file) =>
        file.exec(
          "INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')",
        ),
      );
      const before = await readFile(path);
      await expect(RelationalDatabase.open(path)).rejects.toThrow(DatabaseTooNewError);
      await expect(RelationalDatabase.open(path)).rejects.toThrow(/newer version.*FromTheFuture/);
      expect(await readFile(path)).toEqual(before);
    });

    it.each([
      ['a folder in its place', () => mkdir(path)],
      ['a file that is no database', () => writeFile(path, 'nothing that SQLite knows'.repeat(100))],
      ['no folder at all', () => rm(folder, { recursive: true })],
    ])('refuses %s as an unavailable store', async (_, spoil) => {
      await spoil();
      await expect(RelationalDatabase.open(path)).rejects.toThrow(StoreUnavailableError);
    });
  });

  describe('taking turns', () => {
    it('keeps 200 transactions apart that are begun at once, with reads in between', async () => {
      const database = await open();
      const work = Array.from({ length: 200 }, async (_, index) => {
        const name = String(index).padStart(3, '0');
        const written = database.write(async (rows) => {
          await rows.insert(SettingRows, { name, value: 'begun' });
          await rows.update(SettingRows, { name }, { value: 'done' });
          if (index % 10 === 0) throw new Error('changed my mind');
        });
        const begun = await database.read((rows) => rows.countBy(SettingRows, { value: 'begun' }));
        expect(begun).toBe(0);
        return written.catch(() => undefined);
      });
      await Promise.all(work);
      const kept = await names(database);
      expect(kept).toHaveLength(180);
      expect(kept.filter((name) => name.endsWith('0'))).toEqual([]);
    });

    it('shows a long read one moment, whatever is written meanwhile', async () => {
      const database = await open();
      await put(database, 'before');
      const counts = await database.snapshot(async (rows) => {
        const first = await rows.count(SettingRows);
        await put(database, 'during');
        return [first, await rows.count(SettingRows)];
      });
      expect(counts).toEqual([1, 1]);
      expect(await database.snapshot((rows) => rows.count(SettingRows))).toBe(2);
    });

    it('does not let a long read write', async () => {
      const database = await open();
      const writing = database.snapshot((rows) => rows.insert(SettingRows, { name: 'a', value: '1' }));
      await expect(writing).rejects.toThrow(StoreUnavailableError);
      expect(await names(database)).toEqual([]);
    });

    it('refuses when too much is waiting, and works on', async () => {
      const database = await open();
      const all = Array.from({ length: 1_100 }, (_, index) => put(database, `n${index}`));
      const outcomes = await Promise.allSettled(all);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toHaveLength(100);
      expect(refused.every(({ reason }) => reason instanceof StoreUnavailableError)).toBe(true);
      expect(await names(database)).toHaveLength(1_000);
    });
  });

  describe('trouble', () => {
    it('says that the disk is full, keeps what was there, and recovers by itself', async () => {
      const database = await open();
      await put(database, 'before');
      await database.read((rows) => rows.query('PRAGMA max_page_count = 1'));
      for (let time = 0; time < 3; time += 1) {
        const writing = database.write(async (rows) => {
          await rows.insert(SettingRows, { name: 'small', value: '1' });
          await rows.insert(SettingRows, { name: 'large', value: 'x'.repeat(100_000) });
        });
        await expect(writing).rejects.toThrow(/the disk is full/);
        expect(await names(database)).toEqual(['before']);
      }
      await database.read((rows) => rows.query('PRAGMA max_page_count = 1000000'));
      await put(database, 'large', 'x'.repeat(100_000));
      expect(await names(database)).toEqual(['before', 'large']);
    });

    it('answers soon when another program holds the lock, and recovers when it lets go', async () => {
      const database = await open();
      const other = new Database(path);
      other.exec('BEGIN IMMEDIATE');
      await expect(put(database, 'a')).rejects.toThrow(StoreUnavailableError);
      expect(await names(database)).toEqual([]);
      other.exec('ROLLBACK');
      other.close();
      await put(database, 'a');
      expect(await names(database)).toEqual(['a']);
    });

    it('takes a new connection when a transaction cannot even be rolled back', async () => {
      const database = await open();
      await loseConnection(database);
      const failing = database.write(async (rows) => {
        await rows.insert(SettingRows, { name: 'half', value: '1' });
        throw new Error('after the first half');
      });
      await expect(failing).rejects.toThrow('after the first half');
      expect(await names(database)).toEqual([]);
      await put(database, 'whole');
      expect(elsewhere((file) => file.prepare('SELECT name FROM settings').all())).toEqual([
        { name: 'whole' },
      ]);
    });

    it('does not make a new, empty database when its file was taken away', async () => {
      const database = await open();
      await put(database, 'a');
      await rm(path);
      await loseConnection(database);
      await expect(put(database, 'b')).rejects.toThrow(StoreUnavailableError);
      await expect(names(database)).rejects.toThrow(/its file cannot be opened/);
      await expect(stat(path)).rejects.toThrow('ENOENT');
    });

    it('leaves a mistake in a statement the error that it is', async () => {
      const database = await open();
      await put(database, 'a');
      await expect(put(database, 'a')).rejects.not.toBeInstanceOf(StoreUnavailableError);
      await expect(put(database, 'a')).rejects.toThrow(/UNIQUE constraint/);
    });
  });

  describe('closing', () => {
    it('waits for what was begun, and refuses what comes later', async () => {
      const database = await open();
      const begun = put(database, 'a');
      const closing = database.close();
      await begun;
      await closing;
      await expect(put(database, 'b')).rejects.toThrow(StoreUnavailableError);
      await expect(database.snapshot((rows) => rows.count(SettingRows))).rejects.toThrow(/closed/);
      await database.close();
      expect(await names(await open())).toEqual(['a']);
    });
  });
});
