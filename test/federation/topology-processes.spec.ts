import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePorts } from '../../src/demo/demo-node.js';
import type { NodeProcess, Settings } from './node-process.js';
import {
  exchange,
  peersOf,
  RealNodes,
  share,
  statusOf as status,
  totalOf as total,
  until,
} from './real-nodes.js';

let nodes: RealNodes;
beforeEach(async () => {
  nodes = await RealNodes.open();
});
afterEach(() => nodes.close());

const urlsOf = async (count: number) => (await freePorts(count)).map((port) => `http://127.0.0.1:${port}`);
const start = (name: string, url: string, settings: Settings) => nodes.start(name, settings, url);
const startHub = (name: string, url: string, settings: Settings = {}) => nodes.startHub(name, settings, url);

/** Lets everyone in who waits, and appoints the hubs below. */
async function approveAll(at: NodeProcess, subHubs: readonly string[] = []): Promise<void> {
  for (const { node, status } of await peersOf(at)) {
    const verb = subHubs.includes(node) ? 'sub-hub' : 'approve';
    if (status === 'pending') await at.client.post(`/v1/admin/peers/${node}/${verb}`, { trusted: true });
  }
}

const estimateIs = async (nodes: readonly NodeProcess[], people: number) =>
  (await Promise.all(nodes.map(total))).every(({ uniques }) => uniques.estimate === people);

describe('two hubs', () => {
  it('go on when one is killed: members show the other’s total and say so; plain counts stay in their own row', async () => {
    const [north, south, ash, beech] = (await urlsOf(4)) as [string, string, string, string];
    const hubs = [
      await startHub('north', north),
      await startHub('south', south, { HEADCOUNT_LEGACY_REPORTS: 'open' }),
    ] as const;
    const members = [
      await start('two-ash', ash, { HEADCOUNT_HUB: `${north},${south}` }),
      await start('two-beech', beech, { HEADCOUNT_HUB: `${north},${south}` }),
    ] as const;
    await share(members[0], [members[1]], [...hubs]);
    await until(members, async () =>
      (await Promise.all(hubs.map(peersOf))).every(({ length }) => length === 2),
    );
    for (const hub of hubs) await approveAll(hub);
    for (const member of members) await member.visit('alice');
    await until(
      [...members, ...hubs],
      async () =>
        (await estimateIs([...members, ...hubs], 1)) && (await status(members[0])).totalFrom === north,
    );
    const legacy = await fetch(`${south}/api/stats/report-users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: 500, instanceId: 'old-instance' }),
    });
    expect(legacy.ok).toBe(true);

    process.kill(hubs[0].pid, 'SIGKILL');
    await members[1].visit('bob');
    await until([...members, hubs[1]], async () => {
      const { totalFrom, exchanges } = await status(members[0]);
      const states = exchanges.map(({ state }) => state).join();
      return (
        (await estimateIs([...members, hubs[1]], 2)) && totalFrom === south && states === 'failing,in step'
      );
    });
    expect(await total(hubs[1])).toMatchObject({ uniques: { estimate: 2 }, sum: 503, unverified: 500 });
    expect(await total(members[0])).toMatchObject({ uniques: { estimate: 2 }, sum: 3, unverified: 0 });
  }, 300_000);
});

describe('a tree of hubs', () => {
  it('counts a person of a branch and of the top once, also after the branch was killed and started again', async () => {
    const [top, left, ash, beech] = (await urlsOf(4)) as [string, string, string, string];
    const root = await startHub('top', top);
    let below = await startHub('left', left, { HEADCOUNT_HUB: top });
    const members = [
      await start('tree-ash', ash, { HEADCOUNT_HUB: left }),
      await start('tree-beech', beech, { HEADCOUNT_HUB: top }),
    ] as const;
    await share(members[0], [members[1]], [root, below]);
    const branch = (await status(below)).node;
    await until([...members, below], async () => {
      const [above, its] = await Promise.all([root, below].map(peersOf));
      return above!.length === 2 && its!.some(({ role }) => role === 'member');
    });
    await approveAll(root, [branch]);
    await approveAll(below);
    for (const member of members) await member.visit('alice');
    await until([...members, below, root], async () => {
      const { uniques, sum } = await total(root);
      return uniques.estimate === 1 && sum === 2;
    });
    await until([...members, below, root], async () => {
      const seen = await Promise.all([...members, below].map(total));
      const from = await Promise.all([...members, below].map(async (node) => (await status(node)).totalFrom));
      return (
        seen.every(({ uniques, sum }) => uniques.estimate === 1 && sum === 2) &&
        from.every((url) => url === root.url)
      );
    });
    const introduced = (await peersOf(root)).filter(({ pin }) => pin === 'introduced');
    expect(introduced.map(({ via }) => via)).toEqual([[branch]]);

    process.kill(below.pid, 'SIGKILL');
    await members[0].visit('carol');
    await exchange(members[0]);
    below = await startHub('left', left, { HEADCOUNT_HUB: top });
    await until([...members, below, root], () => estimateIs([...members, below, root], 2));
  }, 300_000);
});

describe('a ring of peers that each name only the next', () => {
  it('counts a person of all once, at each of them', async () => {
    const urls = await urlsOf(4);
    const nodes: NodeProcess[] = [];
    for (const [index, url] of urls.entries())
      nodes.push(
        await start(`ring-${index}`, url, {
          HEADCOUNT_PUBLIC_URL: url,
          HEADCOUNT_PEERS: urls[(index + 1) % urls.length]!,
          HEADCOUNT_SKETCH_MINIMUM: '0',
        }),
      );
    await share(nodes[0]!, nodes.slice(1), []);
    for (const [index, node] of nodes.entries()) {
      for (const url of urls.filter((_, other) => other !== index))
        await node.client.post('/v1/admin/peers', { url });
      await approveAll(node);
    }
    for (const [index, node] of nodes.entries()) await node.visit(index === 0 ? 'bob' : 'alice');
    await until(nodes, async () =>
      (await Promise.all(nodes.map(total))).every(
        ({ uniques, sum }) => uniques.estimate === 2 && sum === nodes.length,
      ),
    );
  }, 300_000);
});
