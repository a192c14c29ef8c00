import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { addDays, DAY_MS, dayOf } from '../../src/clock/day.js';
import { formatFederationLine } from '../../src/identity/federation-line.js';
import { leaveOut, provideProgram } from '../support/debian-package.js';
import { FakedClock } from '../support/faked-clock.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { filesBelow } from './byte-search.js';
import { entropyOf, keyringFileOf, keyringOf, lineNearTheTurn } from './near-the-turn.js';
import { NodeProcess } from './node-process.js';
import { isAnyIn, writingsOf } from './process-memory.js';
import { approveAll, exchange, invite, peersOf, RealNodes, statusOf, until } from './real-nodes.js';

jest.setTimeout(300_000);

const MINUTE_MS = 60_000;
const LOOKS_MAX = 10;

const suite = () => {
  let nodes: RealNodes;
  let redis: RedisServer;
  beforeEach(async () => {
    [nodes, redis] = await Promise.all([RealNodes.open(), RedisServer.start({ appendOnly: true })]);
  });
  afterEach(() => Promise.all([nodes.close(), redis.stop()]));

  it('is in no log of real nodes and their Redis before it turns, when it turns or after, nor is its entropy', async () => {
    const clock = new FakedClock(nodes.folder);
    const today = addDays(dayOf(Date.now()), 1);
    const hub = await nodes.startHub('hub', clock.settings);
    const settings = { ...clock.settings, HEADCOUNT_HUB: hub.url, REDIS_URL: redis.url };
    let member = await nodes.start('member', settings);
    const other = await nodes.start('other', clock.settings);
    const logs = [hub, member, other];
    const printed = () => logs.map((node) => node.printed);
    /** Where those bytes are: names of files, and `printed` for what the nodes said. */
    const placesOf = async (secret: Uint8Array) => {
      const needles = writingsOf(Buffer.from(secret));
      const places: [string, Buffer][] = [['printed', Buffer.from(printed().join())]];
      for (const folder of [nodes.folder, redis.folder]) places.push(...(await filesBelow(folder)));
      const found = await Promise.all(places.map(([, bytes]) => isAnyIn(needles, [bytes])));
      return places.map(([name]) => name).filter((_, index) => found[index]);
    };
    // Each may have made some, until all have heard which is chosen.
    const sharedEntropy = async () => {
      const [first, second] = await Promise.all([member, other].map(entropyOf));
      return first && second && Buffer.from(first).equals(second) ? first : null;
    };
    const line = formatFederationLine(lineNearTheTurn(today));
    await member.client.post('/v1/admin/federation/import', { line });
    await hub.client.post(
      '/v1/admin/federation/import',
      await member.client.get<object>('/v1/admin/federation/export?public=true'),
    );
    await until([member], async () => (await peersOf(hub)).length === 1);
    await approveAll(hub);
    await exchange(member);
    await invite(member, other);
    await approveAll(hub);
    await until([other], async () => (await statusOf(other)).federation === 'test');
    for (let looks = 0; (await sharedEntropy()) === null; looks++) {
      if (looks === LOOKS_MAX) throw new Error('no entropy was made');
      clock.advance(11 * MINUTE_MS);
      for (const node of [member, other]) await exchange(node);
    }
    const old = (await keyringOf(member)).current.chain.keys.get(0)!;
    const fresh = (await sharedEntropy())!;
    // The control: what is looked for is found while it should be there, and in the files that may hold it.
    for (const secret of [old, fresh])
      expect((await placesOf(secret)).sort()).toEqual(['member/keyring.json', 'other/keyring.json']);

    // A node that complains of its keyring is the one most likely to print it.
    await nodes.stop(member);
    const keyring = await readFile(keyringFileOf(member), 'utf8');
    const damagedText = keyring.replace(/("check": ?")./g, (_, start) => `${start}g`);
    expect(damagedText).not.toBe(keyring);
    await writeFile(keyringFileOf(member), damagedText);
    const damaged = NodeProcess.spawn(nodes.folder, 'member', Number(new URL(member.url).port), settings);
    expect(await damaged.exitCode()).toBe(1);
    expect(damaged.printed).toContain("the keyring can't be read");
    await writeFile(keyringFileOf(member), keyring);
    member = await nodes.start('member', settings);
    logs.push(damaged, member);

    for (let day = 1; day <= 7; day++) {
      clock.advance(DAY_MS);
      await until([member], async () => {
        await member.visit(`visitor-${day}`);
        return true;
      });
    }
    await Promise.all([hub, member, other].map((node) => nodes.stop(node)));
    for (const secret of [old, fresh])
      expect((await placesOf(secret)).filter((place) => !place.endsWith('/keyring.json'))).toEqual([]);
    for (const text of printed().filter((_, index) => logs[index] !== damaged))
      expect(text).toContain('is running at');
    expect((await filesBelow(redis.folder)).get('log')?.toString()).toContain('Ready to accept connections');
  });
};

describeWithRedis('the key of an epoch', () => {
  if (provideProgram('faketime')) describe('with real nodes whose clock is put forward', suite);
  else leaveOut('with real nodes whose clock is put forward', 'faketime', suite);
});
