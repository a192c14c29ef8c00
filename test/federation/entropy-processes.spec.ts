import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dayOf } from '../../src/clock/day.js';
import { formatFederationLine } from '../../src/identity/federation-line.js';
import { ByteSearch, filesBelow } from './byte-search.js';
import { entropyOf, keyringOf, lineNearTheTurn } from './near-the-turn.js';
import type { NodeProcess, Settings } from './node-process.js';
import { isAnyIn, memoryOf, writingsOf } from './process-memory.js';
import { approveAll, exchange, invite, peersOf, RealNodes, statusOf, until } from './real-nodes.js';

/** As many starts as it takes for everyone to have heard of what anybody announced. */
const STARTS_MAX = 6;

let nodes: RealNodes;
beforeEach(async () => {
  nodes = await RealNodes.open();
});
afterEach(() => nodes.close());

describe('fresh entropy and the key of a cut, with real nodes', () => {
  it('reach the members, and are in neither memory nor store of the blind hub that passed them on', async () => {
    const hub = await nodes.startHub('hub');
    const settings: Record<string, Settings> = { founder: { HEADCOUNT_HUB: hub.url }, newcomer: {} };
    const members = new Map<string, NodeProcess>();
    for (const [name, of] of Object.entries(settings)) members.set(name, await nodes.start(name, of));
    const member = (name: string) => members.get(name)!;
    const line = formatFederationLine(lineNearTheTurn(dayOf(Date.now())));
    await member('founder').client.post('/v1/admin/federation/import', { line });
    const exported = await member('founder').client.get<{ line: string }>(
      '/v1/admin/federation/export?public=true',
    );
    await hub.client.post('/v1/admin/federation/import', exported);
    await until([member('founder')], async () => (await peersOf(hub)).length === 1);
    await approveAll(hub);
    await exchange(member('founder'));
    await invite(member('founder'), member('newcomer'));
    await approveAll(hub);
    await until([member('newcomer')], async () => (await statusOf(member('newcomer'))).federation === 'test');

    // A node looks for keys to come with its first round, and then every ten minutes.
    const startAnew = async () => {
      for (const [name, node] of members) {
        await nodes.stop(node);
        members.set(name, await nodes.start(name, settings[name]!, node.url));
        await exchange(member(name));
      }
    };
    const secretsOf = async (find: (node: NodeProcess) => Promise<Uint8Array | null>) => {
      const found = await Promise.all([...members.values()].map(find));
      const [first, second] = found.map((secret) => secret && Buffer.from(secret).toString('hex'));
      return first && first === second ? Buffer.from(first, 'hex') : null;
    };
    const untilShared = async (find: (node: NodeProcess) => Promise<Uint8Array | null>) => {
      for (let start = 0; start < STARTS_MAX; start++) {
        const shared = await secretsOf(find);
        if (shared) return shared;
        await startAnew();
      }
      throw new Error('the members do not have the same');
    };

    const entropy = await untilShared(entropyOf);
    await member('founder').client.post('/v1/admin/federation/cut', { why: 'a line leaked' });
    const cutKey = await untilShared(async (node) => {
      const { next } = await keyringOf(node);
      return next ? [...next.chain.keys.values()][0]! : null;
    });
    for (const secret of [entropy, cutKey]) {
      const needles = writingsOf(secret);
      expect(await isAnyIn(needles, (await filesBelow(hub.dataDir)).values())).toBe(false);
      if (process.platform === 'linux') expect(await isAnyIn(needles, memoryOf(hub.pid))).toBe(false);
      for (const node of members.values()) {
        expect(await isAnyIn(needles, (await filesBelow(node.dataDir)).values())).toBe(true);
        if (process.platform === 'linux') expect(await isAnyIn(needles, memoryOf(node.pid))).toBe(true);
      }
    }
    // The control: what was announced of them is there.
    const announced = new ByteSearch([createHash('sha256').update(entropy).digest('hex')]);
    const kept = [...(await filesBelow(hub.dataDir)).values()];
    expect(kept.flatMap((bytes) => announced.in(bytes))).not.toEqual([]);
  }, 300_000);
});
