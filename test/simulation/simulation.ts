import { ManualClock } from '../../src/clock/clock.js';
import { DAY_MS, type Day, dayOf, dayStartMs, HOUR_MS } from '../../src/clock/day.js';
import { epochOf, firstDayOfEpoch } from '../../src/identity/epoch-calendar.js';
import { openCard } from '../../src/protocol/card.js';
import { addressOf, type NodeOptions } from '../federation/core-network.js';
import { type Act, actsOf } from './acts.js';
import type { MinorVersion } from './dialect.js';
import { lyingAnswers } from './lying-answers.js';
import { settled } from './quiescence.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedNetwork } from './simulated-network.js';
import { Site } from './site.js';

export type Shape = 'hub' | 'tree' | 'mesh' | 'ring';

/** Kinds of faults. A seed has some of them, so that each is also met without the others. */
export const FAULTS = [
  'weather',
  'cuts',
  'crashes',
  'full disks',
  'backups',
  'clones',
  'clocks',
  'new keys',
  'removals',
  'joins',
  'liars',
  'versions',
  'epoch',
] as const;
export type Fault = (typeof FAULTS)[number];

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-11-22T12:00:00Z');
const NAMES = ['ash', 'beech', 'cedar', 'dogwood'];
const BRANCHES = ['left', 'right'];
/** Of so many hubs one has hubs below it. By the seed and not by a draw: the fate of all other seeds stays as it was. */
const TREE_EVERY = 3;
const FAULT_CHANCE = 0.35;
/** Messages that are handed over between two acts at most: the others are still on their way then. */
const HASTE = 8;

/** Who excludes a liar, and why. */
const EXCLUDED = { by: 'administrator', why: 'it lies' };

/** What somebody may do to a federation before it runs: to show that a broken one is found out. */
export type Sabotage = (simulation: Simulation) => void;

/**
 * A federation whose fate follows from a seed: who visits whom, what the network loses, doubles, delays and cuts off,
 * which node is killed, restored, copied or set to a wrong time, who is removed, joins, changes its key or lies. The
 * simulation knows who was really there.
 */
export class Simulation {
  readonly random: SeededRandom;
  readonly time = new ManualClock(START_MS);
  readonly network: SimulatedNetwork;
  readonly shape: Shape;
  readonly faults: ReadonlySet<Fault>;
  /** All that count a site, also those that joined during the run. */
  readonly counting: Site[] = [];
  /** In a tree the one at the top. */
  hub: Site | null = null;
  /** Hubs below it. */
  readonly branches: Site[] = [];
  /** A copy that runs beside its original. */
  clone: { original: Site; copy: Site } | null = null;
  readonly removed = new Set<Site>();
  /** Every envelope of a report that stood anywhere. */
  readonly news = new Set<string>();
  /** The steps so far, in words. */
  readonly trace: string[] = [];
  private readonly acts: readonly Act[];

  private constructor(
    readonly seed: number,
    needed: readonly Fault[],
  ) {
    this.random = new SeededRandom(seed);
    this.network = new SimulatedNetwork(`simulation ${seed}`, this.time, this.random);
    const shape = this.random.pick(['hub', 'mesh', 'ring'] as const);
    this.shape = shape === 'hub' && seed % TREE_EVERY === 1 ? 'tree' : shape;
    this.faults = new Set([...FAULTS.filter(() => this.random.chance(FAULT_CHANCE)), ...needed]);
    this.network.doubling = this.faults.has('weather') ? 0.05 : 0;
    this.acts = actsOf(this, needed);
  }

  /** @param needed Faults that it has in any case. */
  static async begin(
    seed: number,
    sabotage: Sabotage = () => undefined,
    needed: readonly Fault[] = [],
  ): Promise<Simulation> {
    const simulation = new Simulation(seed, needed);
    await simulation.found();
    sabotage(simulation);
    return simulation;
  }

  get sites(): Site[] {
    return [...this.counting, ...this.hubs];
  }

  /** Those that count no site of their own. */
  get hubs(): Site[] {
    return this.hub ? [this.hub, ...this.branches] : [];
  }

  /** Those that say what is so. */
  get honest(): Site[] {
    return this.sites.filter(({ isLiar }) => !isLiar);
  }

  /** Who computes totals and lets others in. */
  get publishers(): Site[] {
    return this.hub ? this.hubs : this.counting;
  }

  /** Whether what a counting site reports ends up in that publisher's ledger. */
  reaches(site: Site, publisher: Site): boolean {
    return !this.branches.includes(publisher) || site.calls(publisher);
  }

  /** Whether a person at the publisher lets that site in; below a branch the branch does. */
  private isAtTheDoorOf(publisher: Site, site: Site): boolean {
    if (site === publisher) return false;
    return this.shape === 'tree' ? site.calls(publisher) : this.counting.includes(site);
  }

  get today(): Day {
    return dayOf(this.time.nowMs());
  }

  /** One thing happens. */
  async step(): Promise<void> {
    const act = this.random.pick(this.acts);
    const when = new Date(this.time.nowMs()).toISOString();
    this.trace.push(`${when} ${await act()}`);
    await this.deliver(this.random.chance(0.5) ? this.random.below(HASTE) : Number.POSITIVE_INFINITY);
    this.time.advance(1 + this.random.below(2000));
  }

  /** All nodes run, know the time and reach each other again; whoever had to decide something has. */
  async heal(): Promise<void> {
    this.trace.push('healed');
    this.network.heal();
    this.clone?.copy.kill();
    for (const site of this.sites) {
      site.clock.offMs = 0;
      site.life.spare();
      if (!site.isUp) await site.start();
    }
    await this.deliver();
    await this.decide();
  }

  /**
   * What persons do who look at their nodes: say that no copy runs, hear no liar, let in who is taken for a liar, or is
   * a stranger to a node that was restored from a backup, and remove again whom that one has forgotten to have removed.
   */
  async decide(): Promise<void> {
    for (const { node } of this.honest) if (node.federation.own.clone) await node.federation.own.resume();
    for (const publisher of this.publishers)
      for (const site of this.sites)
        if (this.isAtTheDoorOf(publisher, site)) await this.decideAbout(site, publisher);
        else if (publisher === this.hub && this.counting.includes(site))
          await this.decideFromAbove(site, publisher);
  }

  /** Where nodes do not all call each other, a new key comes over others, which nodes of before do not tell: persons do. */
  private get isLackingCards(): boolean {
    return this.shape === 'ring' && this.sites.some(({ dialect }) => dialect.version === 'older');
  }

  private async decideAbout(site: Site, { isLiar, node: { federation } }: Site): Promise<void> {
    const { nodeId } = site;
    const envelope = site.node.federation.ownCard();
    if (this.isLackingCards) await federation.requestToJoin(openCard(envelope), envelope);
    if (isLiar) return;
    const isBranch = this.branches.includes(site);
    const isIn = federation.membership.takes(nodeId) && (!isBranch || isSubHubOf(federation, nodeId));
    if (!isIn && !site.isLiar) {
      await federation.requestToJoin(openCard(envelope), envelope);
      if (isBranch) await federation.appointSubHub(nodeId, { trusted: true });
      else await federation.approve(nodeId, { trusted: true });
    }
    if (this.removed.has(site)) await federation.remove(nodeId);
    if (site.isLiar) await federation.rule({ origin: nodeId, day: null, verdict: 'exclude' }, EXCLUDED);
  }

  /** About a member of a hub below: whom that hub introduced, and nobody else, is known at the top. */
  private async decideFromAbove(site: Site, { node: { federation } }: Site): Promise<void> {
    const { nodeId } = site;
    const status = federation.membership.statusOf(nodeId);
    if (status === 'quarantined' && !site.isLiar) await federation.approve(nodeId, { trusted: true });
    if (this.removed.has(site) && status !== null) await federation.remove(nodeId);
    if (site.isLiar) await federation.rule({ origin: nodeId, day: null, verdict: 'exclude' }, EXCLUDED);
  }

  async roundOfAll(): Promise<void> {
    this.time.advance(2 * MINUTE_MS);
    await this.deliver();
    for (const site of this.sites) site.beginRound({ force: false });
    await this.deliver();
  }

  /** Hands over what is on its way, in an order of chance, until nothing is left or so many were handed over. */
  async deliver(most = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    for (let handed = 0; handed < most && this.network.handOver(); handed++) await settled();
  }

  /** What every node does by itself, also when nobody can be reached: a day is reported while it is young. */
  async pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 11 * HOUR_MS) {
      this.time.advance(Math.min(11 * HOUR_MS, durationMs - passedMs));
      await this.deliver(HASTE);
      for (const site of this.sites) {
        if (!site.isUp) continue;
        await site.act(() => site.turnKeys());
        if (!this.hubs.includes(site)) await site.act(() => site.node.federation.own.issue());
      }
    }
  }

  /** A new node, let in by everyone who has to. */
  async join(name: string): Promise<Site> {
    const site = this.siteOf(name, this.versionOf());
    // In a ring a liar that is found out passes nothing on: nobody honest may be reachable through it alone.
    const others = this.counting.filter((one) => this.shape !== 'ring' || !one.isLiar).map((one) => one.name);
    await site.found(this.optionsOf(name, this.shape === 'ring' ? others.slice(-1) : others));
    this.counting.push(site);
    return site;
  }

  async introduce(newcomer: Site): Promise<void> {
    for (const publisher of this.publishers)
      for (const site of this.counting)
        if (this.isAtTheDoorOf(publisher, site) && (site === newcomer || publisher === newcomer))
          await this.letIn(publisher, site);
  }

  /** A copy of what a node has on its disk is started, at the same address and under the same name. */
  async startCopy(original: Site): Promise<void> {
    const copy = this.siteOf(original.name, original.dialect.version);
    this.clone = { original, copy };
    original.mayAlarm = true;
    await copy.found(original.node.options, original);
  }

  private async letIn(publisher: Site, site: Site): Promise<void> {
    const envelope = site.node.federation.ownCard();
    const { federation } = publisher.node;
    await publisher.life.calmly(async () => {
      await federation.requestToJoin(openCard(envelope), envelope);
      if (this.branches.includes(site)) await federation.appointSubHub(site.nodeId, { trusted: true });
      else await federation.approve(site.nodeId, { trusted: true });
    });
  }

  private async found(): Promise<void> {
    const size = 2 + this.random.below(3);
    const names = NAMES.slice(0, size);
    if (this.shape === 'hub' || this.shape === 'tree') {
      this.hub = this.siteOf('hub', this.versionOf());
      await this.hub.found({ name: 'hub', role: 'hub', counting: false });
    }
    for (const name of this.shape === 'tree' ? BRANCHES : []) {
      const branch = this.siteOf(name, this.versionOf());
      await branch.found({ name, role: 'hub', hub: addressOf('hub'), counting: false });
      this.branches.push(branch);
    }
    for (const [index, name] of names.entries()) {
      const site = this.siteOf(name, this.versionOf());
      const next = names[(index + 1) % size]!;
      const others = this.shape === 'ring' ? [next] : names.filter((other) => other !== name);
      await site.found(this.optionsOf(name, others));
      this.counting.push(site);
    }
    const [first] = this.counting;
    await first!.node.keys.found('Simulated', false);
    if (this.faults.has('epoch')) await this.waitForEpoch(first!);
    for (const { node } of this.counting.slice(1)) await node.join(first!.node.keys.line(true));
    for (const { node } of this.hubs) await node.join(first!.node.keys.line(false));
    for (const publisher of this.publishers)
      for (const site of this.sites)
        if (this.isAtTheDoorOf(publisher, site)) await this.letIn(publisher, site);
    if (this.faults.has('liars') && size > 2) this.makeLiar(this.counting[size - 1]!);
  }

  private makeLiar(site: Site): void {
    site.isLiar = true;
    site.twists = lyingAnswers(site, this.random);
  }

  /** The run begins shortly before an epoch ends. */
  private async waitForEpoch(founder: Site): Promise<void> {
    const { calendar } = founder.node.keys.current.current;
    const turn = firstDayOfEpoch(calendar, epochOf(calendar, this.today) + 1);
    const beforeMs = this.random.below(2 * DAY_MS);
    this.time.set(Math.max(this.time.nowMs(), dayStartMs(turn) - beforeMs));
    for (const site of this.sites) await site.start();
  }

  private siteOf(name: string, version: MinorVersion): Site {
    return new Site(name, addressOf(name).url, this.network, this.time, version);
  }

  private versionOf(): MinorVersion {
    return this.faults.has('versions') ? this.random.pick(['older', 'this', 'newer'] as const) : 'this';
  }

  private optionsOf(name: string, others: readonly string[]): NodeOptions {
    if (this.shape === 'hub') return { name, role: 'member', hub: addressOf('hub') };
    const branch = BRANCHES[this.counting.length % BRANCHES.length]!;
    if (this.shape === 'tree') return { name, role: 'member', hub: addressOf(branch) };
    return { name, role: 'peer', peers: others.map(addressOf) };
  }
}

function isSubHubOf({ membership }: Site['node']['federation'], nodeId: string): boolean {
  return membership.peer(nodeId)?.role === 'sub-hub';
}
