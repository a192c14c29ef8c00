import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../src/demo/demo-node.js';
import type { JoiningView } from '../../src/federation/joining-view.js';
import type { NodeStatus } from '../../src/federation/node-status.js';
import type { PeerView } from '../../src/federation/peer-view.js';
import type { Counts } from '../../src/stats/counts.js';
import { NodeProcess, type Settings } from './node-process.js';

const SETTLED_MS = 60_000;

/** Nodes of one test, each a process with a data directory below one folder. */
export class RealNodes {
  private readonly running = new Set<NodeProcess>();

  private constructor(readonly folder: string) {}

  static async open(): Promise<RealNodes> {
    return new RealNodes(await mkdtemp(join(tmpdir(), 'headcount-nodes-')));
  }

  /** @param url Where it listens; a new port of loopback when left out. */
  async start(name: string, settings: Settings = {}, url?: string): Promise<NodeProcess> {
    const place = url ?? (await freeUrl());
    const node = await NodeProcess.start(this.folder, name, Number(new URL(place).port), settings);
    this.running.add(node);
    return node;
  }

  /** A blind hub, unless the settings say otherwise. */
  async startHub(name: string, settings: Settings = {}, url?: string): Promise<NodeProcess> {
    const place = url ?? (await freeUrl());
    const ofHub = { HEADCOUNT_ROLE: 'hub', HEADCOUNT_COUNTING: 'false', HEADCOUNT_PUBLIC_URL: place };
    return this.start(name, { ...ofHub, ...settings }, place);
  }

  async stop(node: NodeProcess): Promise<void> {
    this.running.delete(node);
    await node.stop();
  }

  /** Stops them all, and leaves no file. */
  async close(): Promise<void> {
    await Promise.all([...this.running].map((node) => this.stop(node)));
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function freeUrl(): Promise<string> {
  const [port] = await freePorts(1);
  return `http://127.0.0.1:${port}`;
}

/** The founder's federation, given to others with its key, and to blind hubs without. */
export async function share(
  founder: NodeProcess,
  others: readonly NodeProcess[],
  blind: readonly NodeProcess[] = [],
): Promise<void> {
  await founder.client.post('/v1/admin/federation', { name: 'test' });
  for (const [nodes, query] of [
    [others, ''],
    [blind, '?public=true'],
  ] as const) {
    const { line } = await founder.client.get<{ line: string }>(`/v1/admin/federation/export${query}`);
    for (const node of nodes) await node.client.post('/v1/admin/federation/import', { line });
  }
}

export const exchange = (node: NodeProcess) => node.client.post<NodeStatus>('/v1/admin/exchange');
export const statusOf = (node: NodeProcess) => node.client.get<NodeStatus>('/v1/admin/status');
export const totalOf = (node: NodeProcess) => node.client.get<Counts>('/v1/counts?scope=global&window=1d');
export const idOf = async (node: NodeProcess) => (await statusOf(node)).node;
export const peersOf = async (node: NodeProcess) =>
  (await node.client.get<{ peers: PeerView[] }>('/v1/admin/peers')).peers;

/** Lets the nodes exchange until it is so. What rejects is not so yet. */
export async function until(nodes: readonly NodeProcess[], isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + SETTLED_MS;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadlineMs) throw new Error('it did not come to be');
    for (const node of nodes) await exchange(node);
  }
}

/** Lets everyone in who waits at a hub or peer, to count at once. */
export async function approveAll(at: NodeProcess): Promise<void> {
  for (const { node, status } of await peersOf(at))
    if (status === 'pending') await at.client.post(`/v1/admin/peers/${node}/approve`, { trusted: true });
}

/** Brings a node in as a person who holds the key does, who has compared its words. */
export async function invite(by: NodeProcess, newcomer: NodeProcess): Promise<void> {
  const { invite } = await by.client.post<{ invite: string }>('/v1/admin/invites');
  await newcomer.client.post('/v1/admin/join', { invite });
  const asker = async () => (await by.client.get<JoiningView>('/v1/admin/joining')).requests[0];
  await until([newcomer, by], async () => (await asker()) !== undefined);
  await by.client.post('/v1/admin/endorse', { node: (await asker())!.node });
}
