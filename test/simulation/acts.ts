import { DAY_MS, HOUR_MS } from '../../src/clock/day.js';
import { changeKey } from '../../src/protocol/key-chain.js';
import { nodeKeyOf } from '../federation/core-network.js';
import { lie } from './lies.js';
import type { Fault, Simulation } from './simulation.js';
import type { Site } from './site.js';

/** Does something, and says what, in words. */
export type Act = () => Promise<string>;

const PEOPLE = 24;
const MINUTE_MS = 60_000;
/** A node asks its stores about so often in a round. */
const OPERATIONS = 60;

/**
 * What may happen next: an act that is listed more often happens more often.
 *
 * @param needed Faults of these happen twice as often.
 */
export function actsOf(simulation: Simulation, needed: readonly Fault[]): Act[] {
  const acts = new Acts(simulation);
  const often = [
    ...times(4, () => acts.visit()),
    ...times(6, () => acts.round()),
    ...times(2, () => acts.pass()),
    () => acts.restart(),
  ];
  const because: Record<Fault, Act[]> = {
    weather: [() => acts.changeWeather(), () => acts.replay()],
    cuts: times(2, () => acts.cut()),
    crashes: times(2, () => acts.crash()),
    'full disks': [() => acts.fillDisk()],
    backups: times(2, () => acts.backUpOrRestore()),
    clones: [() => acts.startOrStopCopy()],
    clocks: [() => acts.setClock()],
    'new keys': [() => acts.changeKey()],
    removals: [() => acts.removeOrTakeBack()],
    joins: [() => acts.join()],
    liars: times(3, () => acts.lie()),
    versions: [],
    epoch: [() => acts.pass()],
  };
  return [...often, ...[...simulation.faults, ...needed].flatMap((fault) => because[fault])];
}

function times(count: number, act: Act): Act[] {
  return Array(count).fill(act);
}

class Acts {
  private keys = 0;

  constructor(private readonly simulation: Simulation) {}

  async visit(): Promise<string> {
    const { random } = this.simulation;
    const site = this.one();
    const people = Array.from({ length: 1 + random.below(4) }, () => `10.0.0.${random.below(PEOPLE)}`);
    const copy = this.simulation.clone?.copy;
    if (copy?.isUp && copy.name === site.name && random.chance(0.3)) {
      await copy.visit(people);
      site.visitors.with(copy.visitors);
      return `the copy of ${site.name} is visited by ${people.join(', ')}`;
    }
    if (!site.isUp) return `${site.name} is down when it is visited`;
    await site.visit(people);
    return `${site.name} is visited by ${people.join(', ')}`;
  }

  async round(): Promise<string> {
    const { random, sites, clone } = this.simulation;
    const all = clone?.copy.isUp ? [...sites, clone.copy] : sites;
    const some = random.chance(0.2) ? all : [random.pick(all)];
    const begun = some.filter((site) => site.isUp && site.beginRound({ force: random.chance(0.5) }));
    const names = begun.map((site) => (site.isCopy ? `the copy of ${site.name}` : site.name));
    return `${names.join(', ') || 'nobody'} makes a round`;
  }

  async pass(): Promise<string> {
    const durationMs = this.simulation.random.pick([
      ...[15_000, MINUTE_MS, 15 * MINUTE_MS],
      ...[3 * HOUR_MS, 11 * HOUR_MS, DAY_MS],
    ]);
    await this.simulation.pass(durationMs);
    return `${durationMs / MINUTE_MS} minutes pass`;
  }

  async changeWeather(): Promise<string> {
    const { random, network } = this.simulation;
    network.loss = random.pick([0, 0.1, 0.3, 0.5]);
    network.lateness = random.pick([0, 0.1, 0.4]);
    return `the network loses ${network.loss * 100} %, ${network.lateness * 100} % come late`;
  }

  async replay(): Promise<string> {
    for (let copies = 0; copies < 3; copies++) this.simulation.network.replay();
    return 'somebody sends three old requests again';
  }

  /** In one direction, or in both, between two nodes or from all others. */
  async cut(): Promise<string> {
    const { random, network, sites } = this.simulation;
    if (network.cut.size > 0 && random.chance(0.4)) {
      network.cut.clear();
      return 'everyone is reachable again';
    }
    const site = this.any();
    const others = sites.filter((one) => one !== site);
    const far = random.chance(0.5) ? others : [random.pick(others)];
    const [out, back] = random.pick([
      [true, false],
      [false, true],
      [true, true],
    ]);
    for (const { url } of far) {
      if (out) network.cut.add(`${site.url} ${url}`);
      if (back) network.cut.add(`${url} ${site.url}`);
    }
    const ways = [out && 'to', back && 'from'].filter(Boolean).join(' and ');
    return `nothing gets ${ways} ${site.name}, ${far.map(({ name }) => name).join(', ')}`;
  }

  async restart(): Promise<string> {
    const site = this.any();
    const wasUp = site.isUp;
    site.kill();
    await site.start();
    return `${site.name} is ${wasUp ? 'killed and started' : 'started'}`;
  }

  async crash(): Promise<string> {
    const { random } = this.simulation;
    const site = this.any();
    if (!site.isUp) return `${site.name} is down`;
    const at = 1 + random.below(OPERATIONS);
    const after = random.chance(0.5);
    site.life.endAt(at, { after });
    return `${site.name} will be killed ${after ? 'after' : 'before'} its operation ${at}`;
  }

  async fillDisk(): Promise<string> {
    const site = this.any();
    const count = 1 + this.simulation.random.below(6);
    site.life.failNext(count);
    return `the disk of ${site.name} will refuse ${count} operations`;
  }

  async backUpOrRestore(): Promise<string> {
    const site = this.any();
    if (!site.isBackedUp || this.simulation.random.chance(0.5)) {
      site.back();
      return `${site.name} is backed up`;
    }
    await site.restore();
    const { hub, removed } = this.simulation;
    // Whom the backup still knows as a member is removed again.
    if (site === hub)
      for (const { nodeId } of removed) await hub.life.calmly(() => hub.node.federation.remove(nodeId));
    return `${site.name} is restored from its backup`;
  }

  async startOrStopCopy(): Promise<string> {
    const { clone } = this.simulation;
    if (clone?.copy.isUp) {
      clone.copy.kill();
      return `the copy of ${clone.original.name} is stopped`;
    }
    const site = this.one();
    if (clone || !site.isUp) return 'no copy is started';
    await this.simulation.startCopy(site);
    return `a copy of ${site.name} is started beside it`;
  }

  /** A day ahead or back, some minutes off, or right. The odd milliseconds: no clock that is set goes through the same again. */
  async setClock(): Promise<string> {
    const { random } = this.simulation;
    const site = this.any();
    const isAnotherWrong = this.simulation.sites.some(
      (one) => one !== site && Math.abs(one.clock.offMs) > DAY_MS / 2,
    );
    const leap = isAnotherWrong ? 0 : DAY_MS;
    const off = random.pick([0, 0, 2 * MINUTE_MS, -2 * MINUTE_MS, 4 * MINUTE_MS, leap, -leap]);
    site.clock.offMs = off === 0 ? 0 : off + random.below(60_000);
    site.mayAlarm ||= Math.abs(off) >= DAY_MS;
    return `the clock of ${site.name} is ${site.clock.offMs / 1000} s off`;
  }

  async changeKey(): Promise<string> {
    const { random, network, clone } = this.simulation;
    const site = this.one();
    if (clone?.original === site || site.isLiar || site.node.key.changes.length >= 4)
      return 'no key is changed';
    const stolen = random.chance(0.3);
    const next = nodeKeyOf(`${network.seed}/next key/${this.keys++}`);
    site.hadStolenKey ||= stolen;
    site.mayHaveLost ||= stolen && site.wasRestored;
    site.kill();
    site.node.key = changeKey(site.node.key, next, { nowMs: site.clock.nowMs(), stolen });
    await site.start();
    return `${site.name} changes its key${stolen ? ', which was stolen' : ''}`;
  }

  async removeOrTakeBack(): Promise<string> {
    const { hub, removed } = this.simulation;
    const site = this.one();
    if (!hub?.isUp || !hub.node.federation.membership.peer(site.nodeId)) return 'nobody is removed';
    const { federation } = hub.node;
    if (removed.delete(site)) {
      await hub.life.calmly(() => federation.approve(site.nodeId, { trusted: true }));
      return `${site.name} is taken back`;
    }
    removed.add(site);
    await hub.life.calmly(() => federation.remove(site.nodeId));
    return `${site.name} is removed`;
  }

  async join(): Promise<string> {
    const { counting, sites } = this.simulation;
    const holder = counting[0]!;
    const isPossible = counting.length < 5 && sites.every(({ isUp }) => isUp) && holder.clock.offMs === 0;
    if (!isPossible) return 'nobody joins';
    const site = await this.simulation.join(`newcomer${counting.length}`);
    await site.act(() => site.node.join(holder.node.keys.line(true)));
    await this.simulation.introduce(site);
    return `${site.name} joins`;
  }

  async lie(): Promise<string> {
    const liar = this.simulation.counting.find(({ isLiar }) => isLiar);
    return liar?.isUp ? lie(this.simulation, liar) : 'nobody lies';
  }

  private one(): Site {
    return this.simulation.random.pick(this.simulation.counting);
  }

  private any(): Site {
    return this.simulation.random.pick(this.simulation.sites);
  }
}
