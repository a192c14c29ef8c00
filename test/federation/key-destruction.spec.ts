import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, type Day, dayStartMs, HOUR_MS } from '../../src/clock/day.js';
import { epochOf, firstDayOfEpoch } from '../../src/identity/epoch-calendar.js';
import { dataPathsOf } from '../../src/storage/data-paths.js';
import { KeyringFile } from '../../src/storage/file/keyring-file.js';
import { RedisCountStore } from '../../src/storage/redis/redis-count-store.js';
import { RelationalRecords } from '../../src/storage/relational/relational-records.js';
import { SqliteCountStore } from '../../src/storage/sqlite/sqlite-count-store.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { filesBelow } from './byte-search.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';
import { days, START } from './keyed-federation.js';
import { isAnyIn, writingsOf } from './process-memory.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headcount-keys-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Where those bytes are, raw, in hex or in base64, among all files of the node and of Redis, its log too. */
async function filesWith(secrets: readonly Uint8Array[], redis: RedisServer): Promise<string[]> {
  const needles = secrets.flatMap((secret) => writingsOf(Buffer.from(secret)));
  const found: string[] = [];
  for (const place of [folder, redis.folder])
    for (const [name, bytes] of await filesBelow(place))
      if (await isAnyIn(needles, [bytes])) found.push(name);
  return found;
}

describeWithRedis('a key whose epoch is over', () => {
  it.each(['sqlite', 'redis'])(
    'is in no file of a node that counts in %s, nor is its entropy',
    async (where) => {
      const redis = await RedisServer.start({ appendOnly: true });
      const clock = new ManualClock(dayStartMs(START) + 12 * HOUR_MS);
      const paths = dataPathsOf(folder);
      const keyringFile = new KeyringFile(paths.keyring);
      const records = await RelationalRecords.open(paths.records);
      const counts =
        where === 'redis'
          ? await RedisCountStore.open({ url: redis.url, clock, owner: 'a' })
          : await SqliteCountStore.open(paths.counts, clock);
      try {
        const network = new MemoryNetwork();
        const peer = (name: string, other: string) => ({
          name,
          role: 'peer' as const,
          peers: [addressOf(other)],
        });
        const node = await TestNode.start(network, clock, {
          ...peer('a', 'b'),
          stores: { records, counts, keyringFile },
        });
        const other = await TestNode.start(network, clock, peer('b', 'a'));
        await node.keys.found('Test', false);
        await other.join(node.keys.line(true));
        const nodes = [node, other];
        const { calendar } = node.keys.current.current;
        const epoch = epochOf(calendar, START);
        const turn = firstDayOfEpoch(calendar, epoch + 1);
        const chain = () => node.keys.current.current.chain;
        const visits = async () => void (await node.visit('10.0.0.1', '10.0.0.2'));
        const during = (from: Day, to: Day) => days({ clock, nodes }, from, to, visits);

        await during(addDays(turn, -6), addDays(turn, -4));
        const old = chain().keys.get(epoch)!;
        const fresh = chain().links[0]!.fresh!;
        // The control: what is looked for is found while it should be there, and in the one file that may hold it.
        expect(await filesWith([old], redis)).toEqual(['keyring.json']);
        expect(await filesWith([fresh], redis)).toEqual(['keyring.json']);

        await during(addDays(turn, -1), addDays(turn, 3));
        expect([...chain().keys.keys()]).toEqual([epoch + 1, epoch + 2]);
        expect(await filesWith([old, fresh], redis)).toEqual([]);
        expect(await filesWith([...chain().keys.values()], redis)).toEqual(['keyring.json']);
        const log = (await filesBelow(redis.folder)).get('log')!.toString();
        expect(log).toContain('Ready to accept connections');
        expect(JSON.stringify(await records.settings.get('keyings'))).toContain('keying');
      } finally {
        await counts.close();
        await records.close();
        await redis.stop();
      }
    },
  );
});
