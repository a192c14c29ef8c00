import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { systemClock } from '../../src/clock/clock.js';
import { Sketch } from '../../src/sketch/sketch.js';
import { ALL_TIME } from '../../src/storage/count-store.js';
import { SqliteCountStore } from '../../src/storage/sqlite/sqlite-count-store.js';
import { idOf, visitOf } from '../contract/count-store-fixtures.js';

const UNAVAILABLE = { name: 'StoreUnavailableError' };
const TODAY = '2026-11-22';

function oneVisitor(): Sketch {
  const sketch = new Sketch();
  sketch.add(idOf('someone'));
  return sketch;
}

const isRoot = process.getuid?.() === 0;

describe('SQLite counts on a disk that takes nothing more', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-full-'));
    path = join(folder, 'counts.sqlite');
  });
  afterEach(async () => {
    spawnSync('umount', [folder]);
    await rm(folder, { recursive: true, force: true });
  });

  async function people(store: SqliteCountStore): Promise<(person: string) => boolean> {
    const sketch = await store.sketch(ALL_TIME);
    return (person) => !sketch!.clone().add(idOf(person));
  }

  /** Only root can make a disk. */
  const onDiskOfOurOwn = isRoot && spawnSync('sh', ['-c', 'command -v mount']).status === 0 ? it : it.skip;

  onDiskOfOurOwn(
    'refuses at once when the disk is full, keeps what it has, and recovers when there is room',
    async () => {
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
      expect(mounted.stderr.toString()).toBe('');
      const store = await SqliteCountStore.open(path, systemClock);
      await store.record(visitOf('before', TODAY, null));
      const ballast = join(folder, 'ballast');
      await writeFile(ballast, Buffer.alloc(4 << 20)).catch(() => undefined);
      const refused = await untilRefused(store);
      await expect(store.check()).rejects.toMatchObject(UNAVAILABLE);
      const wasCounted = await people(store);
      expect(wasCounted('before')).toBe(true);
      expect(wasCounted(refused)).toBe(false);
      await rm(ballast);
      await store.record(visitOf('after', TODAY, null));
      const isCounted = await people(store);
      expect([isCounted('before'), isCounted('after'), isCounted(refused)]).toEqual([true, true, false]);
      await store.close();
    },
  );

  function mountDisk(): void {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
    expect(mounted.stderr.toString()).toBe('');
  }

  /** The log has some room of its own, so a few more may go in before the disk says no. */
  async function untilRefused(store: SqliteCountStore): Promise<string> {
    for (let count = 0; count < 10_000; count++) {
      try {
        await store.record(visitOf(`filling-${count}`, TODAY, null));
      } catch (error) {
        expect(error).toMatchObject(UNAVAILABLE);
        return `filling-${count}`;
      }
    }
    throw new Error('the disk never filled up');
  }

  it('counts nothing of a batch that did not fit, and goes on with the next that does', async () => {
    const store = await SqliteCountStore.open(path, systemClock);
    await store.record(visitOf('before', TODAY, null));
    const other = new Database(path);
    other.exec('BEGIN EXCLUSIVE');
    store.recordDropped(TODAY, 'bot', 2);
    await expect(
      store.recordBatch([visitOf('a', TODAY, null), visitOf('b', TODAY, null)], 'k'),
    ).rejects.toMatchObject(UNAVAILABLE);
    other.exec('ROLLBACK');
    other.close();
    expect(await store.days(TODAY, TODAY)).toMatchObject([{ hits: 1 }]);
    const wasCounted = await people(store);
    expect([wasCounted('before'), wasCounted('a'), wasCounted('b')]).toEqual([true, false, false]);
    expect(await store.recordBatch([visitOf('a', TODAY, null)], 'k')).toBe('recorded');
    expect(await store.days(TODAY, TODAY)).toMatchObject([{ hits: 2, dropped: { bot: 2 } }]);
    await store.close();
  }, 30_000);

  it('says what is wrong with a file that is no database, and with one of a newer version', async () => {
    await writeFile(path, 'this is not a database, but it is long enough to be taken for one'.repeat(20));
    await expect(SqliteCountStore.open(path, systemClock)).rejects.toMatchObject(UNAVAILABLE);
    await rm(path);
    await (await SqliteCountStore.open(path, systemClock)).close();
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    await expect(SqliteCountStore.open(path, systemClock)).rejects.toThrow('newer version');
  });

  it('says which sketch came back damaged, counts nothing into it, and goes on with the others', async () => {
    const store = await SqliteCountStore.open(path, systemClock);
    await store.mergeSketch('day/2026-11-21/1f2e3d4c.41', oneVisitor());
    await store.mergeSketch('day/2026-11-20/1f2e3d4c.41', oneVisitor());
    await store.close();
    const database = new Database(path);
    database.prepare('UPDATE sketches SET hyll = zeroblob(40) WHERE day = ?').run('2026-11-21');
    database.close();
    const again = await SqliteCountStore.open(path, systemClock);
    await expect(again.daySketches('2026-11-21')).rejects.toMatchObject(UNAVAILABLE);
    await expect(again.sketch('day/2026-11-21/1f2e3d4c.41')).rejects.toThrow('day/2026-11-21/1f2e3d4c.41');
    await expect(again.record(visitOf('a', '2026-11-21', null))).rejects.toMatchObject(UNAVAILABLE);
    expect(await again.days('2026-11-21', '2026-11-21')).toEqual([]);
    await again.record(visitOf('a', '2026-11-20', null));
    expect((await again.daySketches('2026-11-20')).size).toBe(2);
    await again.close();
  });

  onDiskOfOurOwn(
    'does not open what it could not write, and opens it when the disk can be written again',
    async () => {
      mountDisk();
      const store = await SqliteCountStore.open(path, systemClock);
      await store.record(visitOf('before', TODAY, null));
      await store.close();
      expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
      await expect(SqliteCountStore.open(path, systemClock)).rejects.toMatchObject(UNAVAILABLE);
      expect(spawnSync('mount', ['-o', 'remount,rw', folder]).status).toBe(0);
      const again = await SqliteCountStore.open(path, systemClock);
      expect((await people(again))('before')).toBe(true);
      await again.close();
    },
  );
});
