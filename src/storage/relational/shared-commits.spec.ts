import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { StoreUnavailableError } from '../count-store.js';
import { RelationalDatabase } from './relational-database.js';

describe('changes that share a commit', () => {
  let folder: string;
  let database: RelationalDatabase;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
    database = await RelationalDatabase.open(join(folder, 'records.sqlite'));
  });

  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const put = (name: string) => (bare: Database) => {
    bare.prepare('INSERT INTO settings (name, value) VALUES (?, ?)').run(name, '1');
    return name;
  };
  const names = () =>
    database.look((bare) => bare.prepare('SELECT name FROM settings ORDER BY name').pluck().all());

  it('are answered one by one, and one that fails leaves nothing of itself and the others alone', async () => {
    const failing = (bare: Database) => {
      put('half')(bare);
      throw new RangeError('no');
    };
    const settled = await Promise.allSettled([
      database.change(put('a')),
      database.change(failing),
      database.change(put('b')),
    ]);
    expect(settled).toEqual([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: new RangeError('no') },
      { status: 'fulfilled', value: 'b' },
    ]);
    expect(await names()).toEqual(['a', 'b']);
  });

  it('all fail when the database is locked, and work again after', async () => {
    const { default: Driver } = await import('better-sqlite3');
    const other = new Driver(join(folder, 'records.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    const settled = await Promise.allSettled([database.change(put('a')), database.change(put('b'))]);
    for (const one of settled)
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    other.close();
    await database.change(put('c'));
    expect(await names()).toEqual(['c']);
  });

  it('wait for another writer, while everything else goes on', async () => {
    const { default: Driver } = await import('better-sqlite3');
    const other = new Driver(join(folder, 'records.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    const changed = Promise.all([database.change(put('a')), database.change(put('b'))]);
    for (let passes = 0; passes < 10; passes++) await setImmediate();
    expect(await names()).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    expect(await changed).toEqual(['a', 'b']);
    expect(await names()).toEqual(['a', 'b']);
  });

  it('are refused at once when a thousand wait, and written before it closes', async () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => database.change(put(`${index}`)));
    await expect(database.change(put('one more'))).rejects.toBeInstanceOf(StoreUnavailableError);
    await database.close();
    expect(await Promise.all(thousand)).toHaveLength(1000);
    await expect(database.change(put('late'))).rejects.toBeInstanceOf(StoreUnavailableError);
    database = await RelationalDatabase.open(join(folder, 'records.sqlite'));
    expect(await names()).toHaveLength(1000);
  });
});
