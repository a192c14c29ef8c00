import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dayOf } from '../../src/clock/day.js';
import { freePorts } from '../../src/demo/demo-node.js';
import type { JoiningView } from '../../src/federation/joining-view.js';
import type { NodeStatus } from '../../src/federation/node-status.js';
import { type TotalBundle, verifyBundle } from '../../src/federation/total-bundle.js';
import type { Counts } from '../../src/stats/counts.js';
import { filesBelow } from './byte-search.js';
import { NodeProcess, type Settings } from './node-process.js';
import { isAnyIn, memoryOf, writingsOf } from './process-memory.js';
import { exchange, peersOf, RealNodes, share, totalOf as total, until } from './real-nodes.js';

const WATCH = fileURLToPath(new URL('./outgoing-watch.mjs', import.meta.url));

let nodes: RealNodes;
beforeEach(async () => {
  nodes = await RealNodes.open();
});
afterEach(() => nodes.close());

const start = (name: string, port: number, settings: Settings = {}) =>
  nodes.start(name, settings, `http://127.0.0.1:${port}`);

describe('a mesh of three', () => {
  it('counts a person of all three once, from configuration alone', async () => {
    const ports = await freePorts(3);
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const nodes = await Promise.all(
      ['ash', 'beech', 'cherry'].map((name, index) =>
        start(name, ports[index]!, {
          HEADCOUNT_PUBLIC_URL: urls[index]!,
          HEADCOUNT_PEERS: urls.filter((_, other) => other !== index).join(','),
          HEADCOUNT_SKETCH_MINIMUM: '0',
        }),
      ),
    );
    await share(nodes[0]!, nodes.slice(1));
    for (const node of nodes) await node.visit('alice');
    await nodes[2]!.visit('carol');
    await until(nodes, async () =>
      (await Promise.all(nodes.map(total))).every(
        (counts) => counts.uniques.estimate === 2 && counts.sum === 4,
      ),
    );
    for (const node of nodes) {
      expect(await total(node)).toMatchObject({ uniques: { dedup: 'full' }, coverage: 1, hits: 4 });
      expect((await node.client.get<NodeStatus>('/v1/admin/status')).warnings.join()).toContain(
        'both keys and sketches',
      );
    }
  }, 60_000);
});

describe('a hub with members', () => {
  it('publishes what anyone with the inputs can compute again, from reports exactly as their origins show them', async () => {
    const [hubPort, ...ports] = await freePorts(3);
    const hubUrl = `http://127.0.0.1:${hubPort}`;
    const hub = await start('hub', hubPort!, {
      HEADCOUNT_ROLE: 'hub',
      HEADCOUNT_COUNTING: 'false',
      HEADCOUNT_PUBLIC_URL: hubUrl,
    });
    const members = await Promise.all(
      ['elm', 'fir'].map((name, index) => start(name, ports[index]!, { HEADCOUNT_HUB: hubUrl })),
    );
    await share(members[0]!, [members[1]!], [hub]);
    await until(members, async () => (await peersOf(hub)).length === 2);
    for (const { status, node } of await peersOf(hub)) {
      expect(status).toBe('pending');
      await hub.client.post(`/v1/admin/peers/${node}/approve`, { trusted: true });
    }
    for (const member of members) await member.visit('alice');
    await members[1]!.visit('dave');
    const settled = async (node: NodeProcess) => (await total(node)).hits === 3;
    await until([...members, hub], async () =>
      (await Promise.all([hub, ...members].map(settled))).every(Boolean),
    );
    for (const node of [hub, ...members]) {
      expect(await total(node)).toMatchObject({ sum: 3, uniques: { estimate: 2, dedup: 'full' } });
    }
    const bundle = await hub.client.get<TotalBundle>('/v1/admin/total');
    expect(verifyBundle(bundle)).toMatchObject({ problems: [], reports: 2 });
    const today = dayOf(Date.now());
    const shown = members.map(async ({ client }) =>
      JSON.stringify(await client.get(`/v1/admin/reports/self?day=${today}`)),
    );
    expect(new Set(bundle.slots.map((slot) => slot.accepted))).toEqual(new Set(await Promise.all(shown)));
  }, 60_000);

  it('writes no line for what strangers send it, and counts it by reason', async () => {
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const hub = await start('lonely-hub', port!, { HEADCOUNT_ROLE: 'hub', HEADCOUNT_PUBLIC_URL: url });
    await hub.printsMatching(/\/setup#\S+\n/);
    const printed = hub.printed;
    const post = (path: string, body: string) =>
      fetch(`${url}/federation/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/vnd.headcount.v1+json' },
        body,
      });
    expect((await post('reports', '{}')).status).toBe(401);
    expect((await post('join', 'x'.repeat(20_000))).status).toBe(413);
    const answers: number[] = [];
    for (let stranger = 0; stranger < 60; stranger++)
      answers.push((await post('join', '{"card": "{}"}')).status);
    expect(new Set(answers)).toEqual(new Set([400, 429]));
    expect(await peersOf(hub)).toEqual([]);
    expect(hub.printed).toBe(printed);
    const { refused } = await hub.client.get<NodeStatus>('/v1/admin/status');
    expect(refused['signature-missing']).toBe(1);
  }, 60_000);
});

describe('a data directory', () => {
  it('belongs to one node: a second one refuses to start, says why, and leaves the first alone', async () => {
    const [first, second] = await freePorts(2);
    const node = await start('shared', first!);
    await node.visit('alice');
    const intruder = NodeProcess.spawn(nodes.folder, 'shared', second!, {});
    expect(await intruder.exitCode()).toBe(1);
    expect(intruder.printed).toMatch(/another (node|process)|in use|already/i);
    expect(intruder.printed).not.toContain('is running at');
    await node.visit('bob');
    const counts = await node.client.get<Counts>('/v1/counts?scope=local&window=1d');
    expect(counts.uniques.estimate).toBe(2);
  }, 60_000);

  it('is not even made for a node whose configuration is wrong', async () => {
    const [port] = await freePorts(1);
    const wrong = NodeProcess.spawn(nodes.folder, 'wrong', port!, {
      HEADCOUNT_PEERS: 'ftp://peer.example',
      HEADCOUNT_ROLE: 'emperor',
      HEADCOUNT_ALLOW_PRIVATE_PEERS: 'everywhere',
      HEADCOUNT_PEER: 'https://typo.example',
    });
    expect(await wrong.exitCode()).toBe(2);
    for (const variable of [
      'HEADCOUNT_PEERS',
      'HEADCOUNT_ROLE',
      'HEADCOUNT_ALLOW_PRIVATE_PEERS',
      'HEADCOUNT_PEER:',
    ])
      expect(wrong.printed).toContain(variable);
    expect(existsSync(wrong.dataDir)).toBe(false);
  }, 60_000);
});

describe('a stand-alone node', () => {
  it('opens no outgoing connection and asks for no name, where a member under the same watch does', async () => {
    const [alonePort, memberPort, nobodyPort] = await freePorts(3);
    const watched = { NODE_OPTIONS: `--import=${WATCH}` };
    const alone = await start('alone', alonePort!, watched);
    const member = await start('watched', memberPort!, {
      ...watched,
      HEADCOUNT_HUB: `http://localhost:${nobodyPort}`,
    });
    for (const node of [alone, member]) {
      await node.visit('alice');
      for (let round = 0; round < 3; round++) await exchange(node);
    }
    await member.printsMatching(/OUTGOING connection/);
    expect(member.printed).toMatch(/OUTGOING question for a name/);
    expect(alone.printed).not.toContain('OUTGOING');
    const today = dayOf(Date.now());
    expect(await alone.client.get(`/v1/admin/reports/self?day=${today}`)).toMatchObject({
      payloadType: 'application/vnd.headcount.report.v1+json',
    });
  }, 60_000);
});

describe('a node that was invited', () => {
  it('joins with one command, gets the key once its words were compared, and is a member after a restart', async () => {
    const [hubPort, memberPort, newPort] = (await freePorts(3)) as [number, number, number];
    const hubUrl = `http://127.0.0.1:${hubPort}`;
    const hub = await start('invited-hub', hubPort, {
      HEADCOUNT_ROLE: 'hub',
      HEADCOUNT_COUNTING: 'false',
      HEADCOUNT_PUBLIC_URL: hubUrl,
    });
    const member = await start('invited-member', memberPort, { HEADCOUNT_HUB: hubUrl });
    let newcomer = await start('invited-new', newPort);
    await share(member, [], [hub]);
    await until([member], async () => (await peersOf(hub)).length === 1);
    const { node: memberId } = await member.client.get<NodeStatus>('/v1/admin/status');
    await hub.client.post(`/v1/admin/peers/${memberId}/approve`, { trusted: true });

    const { invite } = await member.client.post<{ invite: string }>('/v1/admin/invites');
    const joining = await newcomer.client.post<JoiningView>('/v1/admin/join', { invite });
    expect(joining.waitingFor).toMatchObject({ inviter: memberId, url: hubUrl });
    let asker: JoiningView['requests'][number] | undefined;
    await until([newcomer, member], async () => {
      asker = (await member.client.get<JoiningView>('/v1/admin/joining')).requests[0];
      return asker !== undefined;
    });
    expect(asker).toMatchObject({ invited: true, words: joining.words, endorsed: false });
    await member.client.post('/v1/admin/endorse', { node: asker!.node });
    await hub.client.post(`/v1/admin/peers/${asker!.node}/approve`, { trusted: true });
    const federationOf = async (node: NodeProcess) =>
      (await node.client.get<NodeStatus>('/v1/admin/status')).federation;
    await until([newcomer], async () => (await federationOf(newcomer)) === 'test');

    await nodes.stop(newcomer);
    newcomer = await start('invited-new', newPort);
    expect(await newcomer.client.get<NodeStatus>('/v1/admin/status')).toMatchObject({ role: 'member' });
    for (const node of [member, newcomer]) await node.visit('one person');
    await until([member, newcomer, hub], async () => {
      const { uniques, hits } = await total(newcomer);
      return uniques.estimate === 1 && hits === 2;
    });
    const keyring = await readFile(join(member.dataDir, 'keyring.json'), 'utf8');
    const secrets = keyring.match(/[A-Za-z0-9_-]{43}/g)!.map((text) => Buffer.from(text, 'base64url'));
    expect(secrets.length).toBeGreaterThan(2);
    const needles = secrets.flatMap(writingsOf);
    expect(await isAnyIn(needles, (await filesBelow(hub.dataDir)).values())).toBe(false);
    expect(await isAnyIn(needles, (await filesBelow(newcomer.dataDir)).values())).toBe(true);
    if (process.platform !== 'linux') return;
    expect(await isAnyIn(needles, memoryOf(hub.pid))).toBe(false);
    expect(await isAnyIn(needles, memoryOf(newcomer.pid))).toBe(true);
  }, 60_000);

  it('becomes a peer of a mesh with one command, which starts it anew', async () => {
    const [port, unusedPort, newPort] = (await freePorts(3)) as [number, number, number];
    const [url, newUrl] = [port, newPort].map((one) => `http://127.0.0.1:${one}`) as [string, string];
    const peer = await start('mesh-peer', port, {
      HEADCOUNT_PUBLIC_URL: url,
      HEADCOUNT_PEERS: `http://127.0.0.1:${unusedPort}`,
      HEADCOUNT_SKETCH_MINIMUM: '0',
    });
    await peer.client.post('/v1/admin/federation', { name: 'test' });
    const { invite } = await peer.client.post<{ invite: string }>('/v1/admin/invites');
    const unreachable = await start('mesh-unreachable', unusedPort);
    await expect(unreachable.client.post('/v1/admin/join', { invite })).rejects.toThrow(
      /set HEADCOUNT_PUBLIC_URL/,
    );
    const newcomer = await start('mesh-new', newPort, {
      HEADCOUNT_PUBLIC_URL: newUrl,
      HEADCOUNT_SKETCH_MINIMUM: '0',
    });
    const joining = await newcomer.client.post<JoiningView>('/v1/admin/join', { invite });
    expect(joining).toMatchObject({ restarting: true, waitingFor: { url } });
    const statusOf = () => newcomer.client.get<NodeStatus>('/v1/admin/status').catch(() => null);
    await until([], async () => (await statusOf())?.role === 'peer');
    let asker: JoiningView['requests'][number] | undefined;
    await until([newcomer, peer], async () => {
      asker = (await peer.client.get<JoiningView>('/v1/admin/joining')).requests[0];
      return asker !== undefined;
    });
    expect(asker).toMatchObject({ invited: true, words: joining.words });
    await peer.client.post('/v1/admin/endorse', { node: asker!.node });
    await peer.client.post(`/v1/admin/peers/${asker!.node}/approve`, { trusted: true });
    await until([newcomer, peer], async () => (await statusOf())?.federation === 'test');
    for (const node of [peer, newcomer]) await node.visit('one person');
    await until([newcomer, peer], async () =>
      (await Promise.all([peer, newcomer].map(total))).every(
        ({ uniques, hits }) => uniques.estimate === 1 && hits === 2,
      ),
    );
  }, 60_000);
});
