import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DAY_MS } from '../../src/clock/day.js';
import type { FederationView } from '../../src/federation/federation-view.js';
import { wordsOf } from '../cli/headcount.js';
import { leaveOut, provideProgram } from '../support/debian-package.js';
import { FakedClock } from '../support/faked-clock.js';
import type { NodeProcess } from './node-process.js';
import {
  approveAll,
  exchange,
  invite,
  peersOf,
  RealNodes,
  share,
  statusOf,
  totalOf,
  until,
} from './real-nodes.js';

jest.setTimeout(300_000);

const MINUTE_MS = 60_000;

const suite = () => {
  let nodes: RealNodes;
  let clock: FakedClock;
  let hub: NodeProcess;
  let founder: NodeProcess;
  beforeEach(async () => {
    nodes = await RealNodes.open();
    clock = new FakedClock(nodes.folder);
    hub = await nodes.startHub('hub', clock.settings);
    founder = await nodes.start('founder', { ...clock.settings, HEADCOUNT_HUB: hub.url });
    await share(founder, [], [hub]);
    await until([founder], async () => (await peersOf(hub)).length === 1);
    await approveAll(hub);
  });
  afterEach(() => nodes.close());

  describe('an emergency cut', () => {
    it('takes the members to new keys with the next day, and bounds the windows that it lies in', async () => {
      const newcomer = await nodes.start('newcomer', clock.settings);
      await invite(founder, newcomer);
      await approveAll(hub);
      await until([newcomer], async () => (await statusOf(newcomer)).federation === 'test');
      const members = [founder, newcomer];
      const windowOf = async (window: string) =>
        (await hub.client.get<{ uniques: object }>(`/v1/counts?scope=global&window=${window}`)).uniques;
      // A node whose clock has leapt refuses what comes while it makes the keys of that day.
      const visitAll = async (...people: string[]) => {
        for (const member of members)
          for (const person of people)
            await until([], async () => {
              await member.visit(person);
              return true;
            });
        await until([...members, hub], async () => (await totalOf(hub)).sum === 2 * people.length);
      };
      await visitAll('alice', 'bob');
      expect(await windowOf('7d')).toMatchObject({ estimate: 2, dedup: 'full' });

      // A node looks for members and for keys to come every ten minutes.
      const untilAllHaveLooked = async () => {
        clock.advance(11 * MINUTE_MS);
        for (const member of members) await exchange(member);
      };
      await untilAllHaveLooked();
      expect(await wordsOf(founder, 'federation', 'cut', '--why', 'a line leaked')).toContain('1 other');
      const follows = async ({ client }: NodeProcess) =>
        (await client.get<FederationView>('/v1/admin/federation')).next !== null;
      for (let looks = 0; !(await Promise.all([...members, hub].map(follows))).every(Boolean); looks++) {
        if (looks === 10) throw new Error('somebody does not follow the cut');
        await untilAllHaveLooked();
        await exchange(hub);
      }
      clock.advance(DAY_MS);
      await visitAll('alice', 'bob', 'carol');
      expect(await windowOf('1d')).toMatchObject({ estimate: 3, dedup: 'full' });
      expect(await windowOf('7d')).toMatchObject({ low: 3, high: 5, dedup: 'bounded' });

      clock.advance(7 * DAY_MS);
      await visitAll('alice', 'bob', 'carol', 'dave');
      expect(await windowOf('7d')).toMatchObject({ estimate: 4, dedup: 'full' });
    });
  });

  describe('a copy of a node', () => {
    it('makes it stop reporting, until `federation resume` says that the copy is gone', async () => {
      await founder.visit('alice');
      await until([founder, hub], async () => (await totalOf(hub)).sum === 1);
      await nodes.stop(founder);
      await cp(founder.dataDir, join(nodes.folder, 'copy'), { recursive: true });
      const settings = { ...clock.settings, HEADCOUNT_HUB: hub.url, HEADCOUNT_NAME: 'founder' };
      founder = await nodes.start('founder', settings, founder.url);
      const copy = await nodes.start('copy', settings);
      const warnings = async () => (await statusOf(founder)).warnings.join();
      for (let turn = 0; !(await warnings()).includes('another copy'); turn++) {
        if (turn === 10) throw new Error('the copy was not noticed');
        clock.advance(15 * MINUTE_MS);
        for (const node of [copy, founder]) {
          await node.visit(`visitor-${turn}-${node.url}`);
          await exchange(node);
        }
      }
      await nodes.stop(copy);
      clock.advance(15 * MINUTE_MS);
      const standing = (await totalOf(hub)).sum;
      await founder.visit('carol');
      await exchange(founder);
      await exchange(hub);
      expect((await totalOf(hub)).sum).toBe(standing);

      await wordsOf(founder, 'federation', 'resume');
      const counted = await founder.client.get<{ uniques: { estimate: number } }>(
        '/v1/counts?scope=local&window=1d',
      );
      await until([founder, hub], async () => (await totalOf(hub)).sum >= counted.uniques.estimate);
      expect(await warnings()).not.toContain('another copy');
    });
  });
};

if (provideProgram('faketime')) describe('with real nodes whose clock is put forward', suite);
else leaveOut('with real nodes whose clock is put forward', 'faketime', suite);
