import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf } from '../../src/clock/day.js';
import { openCard } from '../../src/protocol/card.js';
import { addressOf, MemoryNetwork, TestNode } from '../federation/core-network.js';
import { SeededRandom } from './seeded-random.js';

export type Shape = 'hub' | 'mesh' | 'ring';

const PEOPLE = 24;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-11-22T12:00:00Z');

/** What somebody may do to a federation before it runs: to show that a broken one is found out. */
export type Sabotage = (simulation: Simulation) => void;

/**
 * A federation whose fate follows from a seed: who visits whom, what the network loses, doubles and cuts off, which
 * node is killed or restored from nothing, who is removed and taken back. The simulation knows who was really there.
 */
export class Simulation {
  readonly random: SeededRandom;
  readonly clock = new ManualClock(START_MS);
  readonly network: MemoryNetwork;
  readonly shape: Shape;
  readonly counting: TestNode[] = [];
  hub: TestNode | null = null;
  /** By node name and day, everyone whose visit was acknowledged and not lost with a store. */
  readonly visitors = new Map<string, Set<string>>();
  readonly removed = new Set<string>();
  /** The steps so far, in words. */
  readonly trace: string[] = [];
  private readonly cut = new Set<string>();
  private loss = 0;

  private constructor(readonly seed: number) {
    this.random = new SeededRandom(seed);
    this.network = new MemoryNetwork(`simulation ${seed}`);
    this.network.random = () => this.random.next();
    this.network.weather = (from, to) => this.weather(from, to);
    this.shape = this.random.pick(['hub', 'mesh', 'ring'] as const);
  }

  static async begin(seed: number, sabotage: Sabotage = () => undefined): Promise<Simulation> {
    const simulation = new Simulation(seed);
    await simulation.found();
    sabotage(simulation);
    return simulation;
  }

  get nodes(): TestNode[] {
    return this.hub ? [...this.counting, this.hub] : [...this.counting];
  }

  get today(): Day {
    return dayOf(this.clock.nowMs());
  }

  nodeOf(name: string): TestNode {
    const node = this.nodes.find(({ options }) => options.name === name);
    if (!node) throw new RangeError(`no node ${name}`);
    return node;
  }

  /** One thing happens. */
  async step(): Promise<void> {
    const act = this.random.pick(this.acts());
    this.trace.push(`${new Date(this.clock.nowMs()).toISOString()} ${await act()}`);
  }

  /** All nodes run and reach each other again. */
  heal(): void {
    this.loss = 0;
    this.cut.clear();
    this.trace.push('healed');
  }

  async roundOfAll(): Promise<void> {
    this.clock.advance(2 * MINUTE_MS);
    for (const node of this.nodes) await node.round();
  }

  /** Everyone who was really at any of the nodes on that day. */
  peopleOn(day: Day, names: readonly string[]): Set<string> {
    return new Set(names.flatMap((name) => [...(this.visitors.get(`${name} ${day}`) ?? [])]));
  }

  private acts(): (() => Promise<string>)[] {
    const node = this.random.pick(this.counting);
    const any = this.random.pick(this.nodes);
    const acts = [
      ...Array(4).fill(() => this.visit(node)),
      ...Array(6).fill(() => this.round(any)),
      ...Array(3).fill(() => this.pass()),
      () => this.changeWeather(),
      () => this.cutOff(any),
      () => this.restart(any),
    ];
    if (this.hub) acts.push(() => this.removeOrTakeBack(node));
    return acts;
  }

  private async visit(node: TestNode): Promise<string> {
    const people = Array.from(
      { length: 1 + this.random.below(4) },
      () => `10.0.0.${this.random.below(PEOPLE)}`,
    );
    await node.visit(...people);
    const key = `${node.options.name} ${this.today}`;
    const known = this.visitors.get(key) ?? new Set();
    for (const person of people) known.add(person);
    this.visitors.set(key, known);
    return `${node.options.name} is visited by ${people.join(', ')}`;
  }

  private async round(node: TestNode): Promise<string> {
    await node.keys.turn(true);
    await node.federation.round({ force: this.random.chance(0.5) });
    return `${node.options.name} makes a round`;
  }

  private async pass(): Promise<string> {
    const durationMs = this.random.pick([MINUTE_MS, 15 * MINUTE_MS, 3 * HOUR_MS, 11 * HOUR_MS, DAY_MS]);
    for (let passedMs = 0; passedMs < durationMs; passedMs += 11 * HOUR_MS) {
      this.clock.advance(Math.min(11 * HOUR_MS, durationMs - passedMs));
      await this.keepUp();
    }
    return `${durationMs / MINUTE_MS} minutes pass`;
  }

  /** What every node does by itself, also when nobody can be reached: a day is reported while it is young. */
  private async keepUp(): Promise<void> {
    for (const node of this.nodes) await node.keys.turn(this.random.chance(0.7));
    for (const node of this.counting) await node.federation.own.issue();
  }

  private async changeWeather(): Promise<string> {
    this.loss = this.random.pick([0, 0.1, 0.3, 0.5]);
    return `the network loses ${this.loss * 100} %`;
  }

  private async cutOff(node: TestNode): Promise<string> {
    const { name } = node.options;
    if (this.cut.has(name)) this.cut.delete(name);
    else this.cut.add(name);
    return `${name} is ${this.cut.has(name) ? 'cut off' : 'reachable again'}`;
  }

  private async restart(node: TestNode): Promise<string> {
    await node.restart(this.network);
    return `${node.options.name} is killed and started`;
  }

  private async removeOrTakeBack(node: TestNode): Promise<string> {
    const { federation } = this.hub!;
    const { name } = node.options;
    if (!federation.membership.peer(node.nodeId)) return 'nobody is removed';
    if (this.removed.delete(name)) {
      await federation.approve(node.nodeId, { trusted: true });
      return `${name} is taken back`;
    }
    this.removed.add(name);
    await federation.remove(node.nodeId);
    return `${name} is removed`;
  }

  private weather(from: string, to: string) {
    const isCut = [from, to].some((url) => this.cut.has(new URL(url).hostname.replace('.test', '')));
    if (isCut || this.random.chance(this.loss))
      return this.random.chance(0.5) ? 'is lost' : this.lateLoss(isCut);
    return this.random.chance(0.05) ? 'arrives twice' : 'arrives';
  }

  private lateLoss(isCut: boolean) {
    return isCut ? ('is lost' as const) : ('arrives, answer lost' as const);
  }

  private async found(): Promise<void> {
    const size = 2 + this.random.below(3);
    const names = ['ash', 'beech', 'cedar', 'dogwood'].slice(0, size);
    if (this.shape === 'hub') {
      this.hub = await TestNode.start(this.network, this.clock, {
        name: 'hub',
        role: 'hub',
        counting: false,
      });
      for (const name of names)
        this.counting.push(
          await TestNode.start(this.network, this.clock, { name, role: 'member', hub: addressOf('hub') }),
        );
    } else {
      for (const [index, name] of names.entries()) {
        const next = names[(index + 1) % size]!;
        const others = this.shape === 'ring' ? [next] : names.filter((other) => other !== name);
        this.counting.push(
          await TestNode.start(this.network, this.clock, {
            name,
            role: 'peer',
            peers: others.map(addressOf),
          }),
        );
      }
    }
    await this.counting[0]!.keys.found('Simulated', false);
    for (const node of this.counting.slice(1)) await node.join(this.counting[0]!.keys.line(true));
    await this.hub?.join(this.counting[0]!.keys.line(false));
    await this.introduceAll();
  }

  private async introduceAll(): Promise<void> {
    for (const node of this.hub ? [this.hub] : this.counting)
      for (const other of this.counting.filter((one) => one !== node)) {
        const envelope = other.federation.ownCard();
        await node.federation.requestToJoin(openCard(envelope), envelope);
        await node.federation.approve(other.nodeId, { trusted: true });
      }
  }
}

/** The days that anything may have happened on. */
export function daysOf(simulation: Simulation): Day[] {
  const days: Day[] = [];
  for (let day = dayOf(START_MS); day <= simulation.today; day = addDays(day, 1)) days.push(day);
  return days;
}
