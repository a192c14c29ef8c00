import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { OriginView } from '../federation/origin-view.js';
import type { PeerView } from '../federation/peer-view.js';
import type { Counts } from '../stats/counts.js';
import { type DemoHit, type DemoInput, readDemoInput } from './demo-input.js';
import { DemoNode, freePorts } from './demo-node.js';

const LOG = fileURLToPath(new URL('../../test/data/access.log', import.meta.url));
const NAMES = ['alder', 'birch', 'cedar'];
const BATCH_HITS = 500;
const SETTLED_MS = 60_000;
const NEVER = new AbortController().signal;

/** Hears what the demo is doing. */
export interface DemoProgress {
  step(words: string): void;
  sent(hits: number, total: number): void;
}

export interface DemoRow {
  name: string;
  exact: number;
  estimate: number;
  low: number;
  high: number;
  hits: number | null;
}

export interface DemoOutcome {
  input: Pick<DemoInput, 'lines'> & { hits: number };
  instances: DemoRow[];
  global: DemoRow & { sum: number; overlap: number | null; dedup: string };
  exactSum: number;
  dropped: Record<string, number>;
  /** Unique counts after the whole log was sent a second time. */
  repeated: { global: number; instances: number[]; hits: number | null };
  /** Outcomes of sending every report once more. */
  resent: { global: number };
}

/** A hub and three instances in processes of their own. */
export class DemoFederation {
  private constructor(
    readonly folder: string,
    readonly hub: DemoNode,
    readonly members: readonly DemoNode[],
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Starts the four, founds a federation, hands its line around, and lets the members in. The hub gets no key.
   * When the signal aborts, the four end, and what still waits for them rejects; `stop` clears up all the same.
   */
  static async start(progress: DemoProgress, signal: AbortSignal = NEVER): Promise<DemoFederation> {
    const folder = await mkdtemp(join(tmpdir(), 'headcount-demo-'));
    const [hubPort, ...ports] = await freePorts(1 + NAMES.length);
    const hubUrl = `http://127.0.0.1:${hubPort}`;
    progress.step('starting a blind hub and three instances, each a process with its own SQLite files');
    const started = await Promise.allSettled([
      DemoNode.start(
        folder,
        'hub',
        hubPort!,
        { HEADCOUNT_ROLE: 'hub', HEADCOUNT_COUNTING: 'false', HEADCOUNT_PUBLIC_URL: hubUrl },
        signal,
      ),
      ...NAMES.map((name, index) =>
        DemoNode.start(folder, name, ports[index]!, { HEADCOUNT_HUB: hubUrl }, signal),
      ),
    ]);
    const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = started.find((result) => result.status === 'rejected');
    const federation = new DemoFederation(folder, nodes[0]!, nodes.slice(1), signal);
    try {
      if (failed?.status === 'rejected') throw failed.reason;
      await federation.found(progress);
      return federation;
    } catch (error) {
      await federation.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.hub, ...this.members].map((node) => node?.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Sends every hit to its instance, over HTTP with a write key. Answers what was not counted, by reason. */
  async send(input: DemoInput, progress: DemoProgress): Promise<Record<string, number>> {
    const total = input.hits.reduce((sum, hits) => sum + hits.length, 0);
    const dropped: Record<string, number> = {};
    let sent = 0;
    await Promise.all(
      this.members.map(async (member, index) => {
        for (const batch of batchesOf(input.hits[index]!)) {
          const answer = (await member.post('/v1/hits:batch', { hits: batch })) as {
            dropped: Record<string, number>;
          };
          for (const [reason, count] of Object.entries(answer.dropped))
            dropped[reason] = (dropped[reason] ?? 0) + count;
          sent += batch.length;
          progress.sent(sent, total);
        }
      }),
    );
    return dropped;
  }

  /** Waits until the hub has counted as many hits as the members have sent it reports of. */
  async settled(hits: number): Promise<Counts> {
    const deadlineMs = Date.now() + SETTLED_MS;
    for (;;) {
      const counts = await this.globalCounts().catch(() => null);
      if (counts?.hits === hits && counts.instances.fresh === this.members.length) return counts;
      if (Date.now() > deadlineMs)
        throw new Error(
          `the hub has counted ${counts?.hits ?? 0} of ${hits} hits\n${await this.standings()}`,
        );
      await delay(200, undefined, { signal: this.signal });
    }
  }

  globalCounts(): Promise<Counts> {
    return this.hub.client.get<Counts>('/v1/counts?scope=global&window=7d');
  }

  localCounts(): Promise<Counts[]> {
    return Promise.all(
      this.members.map((member) => member.client.get<Counts>('/v1/counts?scope=local&window=7d')),
    );
  }

  /** How the hub sees each instance, and what it holds back of it: what a person needs when the hub does not settle. */
  private async standings(): Promise<string> {
    const lines = await Promise.all(
      [this.hub, ...this.members].map(async ({ name, client }) => {
        const { origins } = await client.get<{ origins: OriginView[] }>('/v1/admin/federation/origins');
        return origins.map((origin) => {
          const held = origin.held.map(({ day, rule }) => `${day} held by ${rule}`);
          const { state, retryAt } = origin.exchange ?? { state: 'not asked', retryAt: null };
          const parts = [state, retryAt ?? '', origin.lastError ?? '', ...held].filter((part) => part !== '');
          return `${name} of ${origin.name ?? origin.node}: ${parts.join(', ')}`;
        });
      }),
    );
    return lines.flat().join('\n');
  }

  private async found(progress: DemoProgress): Promise<void> {
    progress.step('founding a federation; its key goes to the instances, and only its name to the hub');
    const [founder, ...others] = this.members;
    await founder!.client.post('/v1/admin/federation', { name: 'demo' });
    const { line } = await founder!.client.get<{ line: string }>('/v1/admin/federation/export');
    const { line: publicLine } = await founder!.client.get<{ line: string }>(
      '/v1/admin/federation/export?public=true',
    );
    await this.hub.client.post('/v1/admin/federation/import', { line: publicLine });
    for (const member of others) await member.client.post('/v1/admin/federation/import', { line });
    progress.step('the instances ask the hub to join; its administrator approves them');
    for (const peer of await this.waiting()) {
      await this.hub.client.post(`/v1/admin/peers/${peer.node}/approve`, { trusted: true });
    }
  }

  private async waiting(): Promise<PeerView[]> {
    const deadlineMs = Date.now() + SETTLED_MS;
    for (;;) {
      const { peers } = await this.hub.client.get<{ peers: PeerView[] }>('/v1/admin/peers');
      if (peers.length === this.members.length) return peers;
      if (Date.now() > deadlineMs) throw new Error(`only ${peers.length} instances asked to join`);
      await Promise.all(this.members.map((member) => member.client.post('/v1/admin/exchange')));
    }
  }
}

/** Whether sending all again, visits and reports, left every unique count as it was. */
export function isUnchanged({ global, instances, repeated, resent }: DemoOutcome): boolean {
  return (
    repeated.global === global.estimate &&
    resent.global === global.estimate &&
    repeated.instances.every((estimate, index) => estimate === instances[index]?.estimate)
  );
}

/** The whole demonstration: counts, compares with the exact answers, and shows that repetition changes nothing. */
export async function runDemo(federation: DemoFederation, progress: DemoProgress): Promise<DemoOutcome> {
  const input = await readDemoInput(LOG, NAMES.length, Date.now());
  progress.step(`replaying ${input.lines.toLocaleString('en-US')} lines of a real access log over HTTP`);
  const dropped = await federation.send(input, progress);
  const total = input.hits.reduce((sum, hits) => sum + hits.length, 0);
  const notCounted = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  progress.step('the instances sign reports of their days; the hub merges them');
  const counts = await federation.settled(total - notCounted);
  const local = await federation.localCounts();
  progress.step('sending the whole log again, and every report again');
  await federation.send(input, progress);
  const repeated = await federation.settled(2 * (total - notCounted));
  const repeatedLocal = await federation.localCounts();
  await Promise.all(
    federation.members.map((member) => member.client.post('/v1/admin/exchange', { resend: true })),
  );
  await federation.hub.client.post('/v1/admin/exchange');
  const resent = await federation.globalCounts();
  return {
    input: { lines: input.lines, hits: total },
    instances: local.map((count, index) => rowOf(NAMES[index]!, input.exact[index]!.size, count)),
    global: {
      ...rowOf('all together', input.exactInAll.size, counts),
      sum: counts.sum,
      overlap: counts.overlap,
      dedup: counts.uniques.dedup,
    },
    exactSum: input.exact.reduce((sum, visitors) => sum + visitors.size, 0),
    dropped,
    repeated: {
      global: repeated.uniques.estimate ?? 0,
      instances: repeatedLocal.map((count) => count.uniques.estimate ?? 0),
      hits: repeated.hits,
    },
    resent: { global: resent.uniques.estimate ?? 0 },
  };
}

function rowOf(name: string, exact: number, counts: Counts): DemoRow {
  const { estimate, low, high } = counts.uniques;
  return { name, exact, estimate: estimate ?? 0, low, high, hits: counts.hits };
}

function* batchesOf(hits: readonly DemoHit[]): Generator<readonly DemoHit[]> {
  for (let start = 0; start < hits.length; start += BATCH_HITS) yield hits.slice(start, start + BATCH_HITS);
}
