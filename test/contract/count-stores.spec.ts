import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryCountStore } from '../../src/storage/memory/memory-count-store.js';
import { RedisCountStore } from '../../src/storage/redis/redis-count-store.js';
import { SqliteCountStore } from '../../src/storage/sqlite/sqlite-count-store.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { describeCountStore } from './count-store.contract.js';

describeCountStore('memory', async () => ({
  open: async (clock) => new MemoryCountStore(clock),
  reopen: null,
  cleanUp: async () => undefined,
}));

describeCountStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headcount-counts-'));
  const open = (clock: Parameters<typeof SqliteCountStore.open>[1]) =>
    SqliteCountStore.open(join(folder, 'counts.sqlite'), clock);
  return { open, reopen: open, cleanUp: () => rm(folder, { recursive: true }) };
});

describeWithRedis('Redis', () => {
  describeCountStore('Redis', async () => {
    const server = await RedisServer.start({ appendOnly: true });
    const open = (clock: ConstructorParameters<typeof MemoryCountStore>[0]) =>
      RedisCountStore.open({ url: server.url, clock, owner: 'node-1' });
    return { open, reopen: open, cleanUp: () => server.stop() };
  });
});
