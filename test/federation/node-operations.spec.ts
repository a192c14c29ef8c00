import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { headcount, wordsOf } from '../cli/headcount.js';
import type { NodeProcess, Settings } from './node-process.js';
import {
  approveAll,
  freeUrl,
  idOf,
  peersOf,
  RealNodes,
  share,
  statusOf,
  totalOf,
  until,
} from './real-nodes.js';

// What docs/FEDERATION.md and docs/OPERATIONS.md tell an operator to do, done with the built program.
jest.setTimeout(300_000);

let nodes: RealNodes;
let hub: NodeProcess;
let founder: NodeProcess;
let member: NodeProcess;
let memberId: string;
beforeEach(async () => {
  nodes = await RealNodes.open();
  hub = await nodes.startHub('hub');
  const settings = { HEADCOUNT_HUB: hub.url };
  founder = await nodes.start('founder', settings);
  member = await nodes.start('member', settings);
  await share(founder, [member], [hub]);
  memberId = await idOf(member);
  await until([founder, member], async () => (await peersOf(hub)).length === 2);
  await approveAll(hub);
  for (const node of [founder, member]) await node.visit('alice');
  await member.visit('bob');
  await untilTotal(2, 3);
});
afterEach(() => nodes.close());

const untilTotal = (people: number, sum: number) =>
  until([founder, member, hub], async () => {
    const total = await totalOf(hub);
    return total.uniques.estimate === people && total.sum === sum;
  });

async function startAnew(node: NodeProcess, name: string, settings: Settings, url = node.url) {
  await nodes.stop(node);
  return nodes.start(name, settings, url);
}

const entryAtHub = async (node: string) => (await peersOf(hub)).find((peer) => peer.node === node);

describe('a node that moves to a new address', () => {
  it('as a member shows it to its hub with the next exchange, and stays who it is', async () => {
    const url = await freeUrl();
    const settings = { HEADCOUNT_HUB: hub.url, HEADCOUNT_PUBLIC_URL: url };
    member = await startAnew(member, 'member', settings, url);
    await member.visit('carol');
    await untilTotal(3, 4);
    expect(await entryAtHub(memberId)).toMatchObject({ url, status: 'active' });
    expect((await peersOf(hub)).length).toBe(2);
  });

  it('as a hub is found by members that name the new address, with all it knew', async () => {
    const hubId = await idOf(hub);
    await nodes.stop(hub);
    hub = await nodes.startHub('hub');
    const settings = { HEADCOUNT_HUB: hub.url };
    founder = await startAnew(founder, 'founder', settings);
    member = await startAnew(member, 'member', settings);
    await member.visit('carol');
    await untilTotal(3, 4);
    expect((await statusOf(member)).exchanges).toMatchObject([
      { url: hub.url, node: hubId, state: 'in step' },
    ]);
    await until([member], async () => (await totalOf(member)).uniques.estimate === 3);
  });
});

describe('a node whose key is changed', () => {
  it.each([
    ['the old one was seen by nobody', []],
    ['somebody else has the old one', ['--stolen']],
  ])('because %s, keeps its name, its place and its days', async (_why, options) => {
    await nodes.stop(member);
    expect(await wordsOf(member, 'rotate-key', ...options)).toContain(`node ${memberId} now signs with key `);
    member = await nodes.start('member', { HEADCOUNT_HUB: hub.url }, member.url);
    await member.visit('carol');
    await untilTotal(3, 4);
    expect(await entryAtHub(memberId)).toMatchObject({ status: 'active', contradiction: null });
    expect((await statusOf(member)).exchanges).toMatchObject([{ state: 'in step', lastError: null }]);
  });
});

describe('a node that was lost', () => {
  it('is restored from a backup without keys: with the line again it takes back what came after the backup', async () => {
    await wordsOf(member, 'backup');
    await member.visit('carol');
    await untilTotal(3, 4);
    process.kill(member.pid, 'SIGKILL');
    await member.exitCode();
    const [folder] = await readdir(join(member.dataDir, 'backups'));
    const restored = join(nodes.folder, 'restored');
    const backup = join(member.dataDir, 'backups', folder!);
    expect(await headcount(restored, ['backup', 'restore', backup])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('It has no epoch keys'),
    });

    const settings = { HEADCOUNT_HUB: hub.url };
    const line = await wordsOf(founder, 'federation', 'export');
    const imported = await headcount(restored, ['federation', 'import', '-'], {
      ...{ ...settings, HEADCOUNT_VISITOR: 'site-id', STDIN: line },
      HEADCOUNT_ALLOW_PRIVATE_PEERS: '127.0.0.1',
    });
    expect(imported).toMatchObject({ code: 0, stdout: expect.not.stringContaining('from ') });
    member = await nodes.start('restored', settings, member.url);
    expect(await idOf(member)).toBe(memberId);
    await member.visit('dave');
    await until([member, founder, hub], async () => (await totalOf(hub)).sum === 5);
    expect(await entryAtHub(memberId)).toMatchObject({ status: 'active', contradiction: null });
    expect((await statusOf(member)).today.hits).toBe(3);
    expect((await totalOf(hub)).uniques.estimate).toBe(4);
  });
});

describe('a node that leaves', () => {
  it('takes its days out of the total, and says who did not hear of it', async () => {
    expect(await wordsOf(member, 'federation', 'leave')).toMatch(
      /^this node has left: its days are withdrawn/,
    );
    await until([founder, hub], async () => (await totalOf(hub)).sum === 1);
    expect(await entryAtHub(memberId)).toMatchObject({ status: 'removed' });
    const { exchanges } = await statusOf(member);
    expect(exchanges).toEqual([]);
    await nodes.stop(hub);
    expect(await wordsOf(founder, 'federation', 'leave')).toContain(
      `${hub.url} did not answer: its operator removes`,
    );
    expect((await statusOf(founder)).exchanges).toEqual([]);
    expect(await wordsOf(founder, 'federation')).toMatch(/^from \d{4}-\d\d-\d\d /m);
  });
});
