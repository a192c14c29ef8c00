import type { Clock } from '../../src/clock/clock.js';
import { dayOf, hourOf } from '../../src/clock/day.js';
import { LedgerTotals } from '../../src/federation/core/ledger-totals.js';
import type { TotalComputer } from '../../src/federation/core/total-computer.js';
import type { IncomingResponse, OutgoingRequest } from '../../src/federation/core/transport.js';
import { ClockAgreement } from '../../src/keys/clock-agreement.js';
import type { NodeKey } from '../../src/protocol/node-key.js';
import { StoreUnavailableError } from '../../src/storage/count-store.js';
import type { Ledger } from '../../src/storage/ledger.js';
import { type Disk, type NodeOptions, TestNode } from '../federation/core-network.js';
import { copyOf } from './copy-of.js';
import { Dialect, type MinorVersion } from './dialect.js';
import { Life } from './life.js';
import type { SimulatedNetwork } from './simulated-network.js';
import { Visitors } from './visitors.js';

/** How often a node computes its total again while it is asked for it all the time. */
const TOTAL_MS = 3_600_000;

/** The clock of one node: true time, and how far it is off. */
export class NodeClock implements Clock {
  offMs = 0;

  constructor(private readonly time: Clock) {}

  nowMs(): number {
    return this.time.nowMs() + this.offMs;
  }
}

interface Backup {
  disk: Disk & { keyring: TestNode['keyring'] };
  key: NodeKey;
  visitors: Visitors;
}

/** One node of a simulated federation: its disk, its clock, its lives, and who was really at its site. */
export class Site {
  readonly clock: NodeClock;
  life = new Life();
  private hasStarted = false;
  isLiar = false;
  /** Puts something else in the place of what it answers. */
  twists: ((request: OutgoingRequest, answer: IncomingResponse) => IncomingResponse) | null = null;
  wasRestored = false;
  hadStolenKey = false;
  /** What it lost with its disk stands with others under a key that was stolen, and is not taken back. */
  mayHaveLost = false;
  /** A copy calls, and is never called. */
  isCopy = false;
  /** Its clock was set wrong, or a copy of it ran: then it may take itself for a copy. */
  mayAlarm = false;
  visitors = new Visitors();
  agreement!: ClockAgreement;
  /** When it last turned its keys and could believe its clock. */
  agreedMs: number | null = null;
  /** What it threw and should not have thrown. */
  problem: string | null = null;
  readonly dialect: Dialect;
  node!: TestNode;
  private backup: Backup | null = null;
  private busy = false;

  constructor(
    readonly name: string,
    readonly url: string,
    private readonly network: SimulatedNetwork,
    private readonly time: Clock,
    version: MinorVersion,
  ) {
    this.clock = new NodeClock(time);
    this.dialect = new Dialect(version, this.clock, () => this.node.key);
  }

  /** Its program runs. */
  get isUp(): boolean {
    return this.hasStarted && !this.life.isOver;
  }

  get nodeId(): string {
    return this.node.nodeId;
  }

  /** Only from those that it calls does it take back what it lost. */
  calls({ url }: Site): boolean {
    const { hub, peers = [] } = this.node.options;
    return hub?.url === url || peers.some((peer) => peer.url === url);
  }

  /** The first start. */
  async found(options: NodeOptions, original?: Site): Promise<void> {
    const { name, role, counting = true } = options;
    this.beginLife();
    this.hasStarted = true;
    const software = { name: 'headcount', version: '0' };
    const self = { name, url: this.url, software, listed: true, counting };
    const given: NodeOptions = {
      ...options,
      disk: (disk) => this.life.guard(this.seen(disk)),
      ports: {
        witness: (signedMs) => this.agreement.witness(signedMs),
        self: this.dialect.version === 'newer' ? Object.assign(self, { fromTheFuture: [role] }) : self,
        computer: new SeldomTotals(() => this.node.records.ledger),
      },
    };
    if (original) {
      this.isCopy = true;
      this.node = await TestNode.restore(this.network, this.clock, given, original.node);
      return this.copyFrom(original);
    }
    this.node = await TestNode.start(this.network, this.clock, given);
    this.network.reachable.set(this.url, this);
  }

  /** False when it was killed meanwhile. */
  async start(): Promise<boolean> {
    this.beginLife();
    const { life } = this;
    let isOpen = false;
    await life.lives(
      this.attempt(this.node.restart(this.network)).then((done) => {
        isOpen = done;
      }),
    );
    this.hasStarted = isOpen;
    if (!this.isUp) this.kill();
    else if (!this.isCopy) this.network.reachable.set(this.url, this);
    return this.isUp;
  }

  kill(): void {
    this.life.end();
    this.hasStarted = false;
    if (this.network.reachable.get(this.url) === this) this.network.reachable.delete(this.url);
  }

  /** Does something with its program; nothing becomes of it where the program is killed meanwhile. */
  async act(work: () => Promise<unknown>): Promise<void> {
    const { life } = this;
    const isAlive = await life.lives(this.attempt(work()));
    if (!isAlive && this.life === life) this.kill();
  }

  /** Keys, reports, exchange, total: one round at a time. Resolves at once; the round goes on by itself. */
  beginRound(options: { force: boolean }): boolean {
    if (this.busy) return false;
    const { life } = this;
    this.busy = true;
    void this.act(async () => {
      await this.turnKeys();
      await this.node.federation.round(options);
    }).then(() => {
      if (this.life === life) this.busy = false;
    });
    return true;
  }

  async turnKeys(): Promise<void> {
    const agreed = this.agreement.agrees();
    const nowMs = this.clock.nowMs();
    await this.node.keys.turn(agreed);
    if (agreed) this.agreedMs = nowMs;
  }

  /** Resolves when the visits are counted, or the node was killed. */
  async visit(people: readonly string[]): Promise<void> {
    await this.act(async () => {
      await this.node.keys.turn(false);
      const nowMs = this.clock.nowMs();
      const [day, hour] = [dayOf(nowMs), hourOf(nowMs)];
      const visits = people.map((person) => {
        const sightings = this.node.keys.sightings(person, day, hour);
        this.visitors.mayHaveCome(day, person, sightings);
        return { day, hour, sightings };
      });
      await this.life.guard(this.node).counts.recordBatch(visits);
      for (const [index, person] of people.entries())
        this.visitors.haveCome(day, person, visits[index]!.sightings);
    });
  }

  back(): void {
    const { records, counts, keyring, key } = this.node;
    this.backup = {
      disk: { records: copyOf(records), counts: copyOf(counts), keyring: copyOf(keyring) },
      key,
      visitors: this.visitors.copy(),
    };
  }

  get isBackedUp(): boolean {
    return this.backup !== null;
  }

  /** Its disk is lost; what was saved of it takes its place. */
  async restore(): Promise<void> {
    if (!this.backup) return;
    this.kill();
    const { disk, visitors } = this.backup;
    Object.assign(this.node, copyOf(disk));
    // What was counted since may come back from others, or not.
    this.agreedMs = null;
    this.wasRestored = true;
    this.mayHaveLost ||= this.hadStolenKey;
    this.visitors = visitors.copy().with(this.visitors);
    await this.start();
  }

  /** A copy of another node takes over its disk as it is. */
  private async copyFrom({ node }: Site): Promise<void> {
    const { records, counts, keyring, key } = node;
    Object.assign(this.node, { ...copyOf({ records, counts, keyring }), key });
    await this.start();
  }

  async answer(request: OutgoingRequest): Promise<IncomingResponse> {
    const { life } = this;
    if (!this.dialect.knows(request))
      return { status: 404, headers: {}, body: Buffer.from('{"reason":"none"}') };
    try {
      const answer = await Promise.race([this.node.answer(request), life.over]);
      if (!answer || life.isOver) return await new Promise<never>(() => undefined);
      const said = this.dialect.answer(request, answer);
      return this.twists?.(request, said) ?? said;
    } catch (error) {
      this.excuse(error);
      return { status: 503, headers: {}, body: Buffer.from('{}') };
    }
  }

  /** False when its disk refused something. */
  private async attempt(work: Promise<unknown>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      this.excuse(error);
      return false;
    }
  }

  private excuse(error: unknown): void {
    if (error instanceof StoreUnavailableError) return;
    this.problem ??= (error as Error).stack ?? String(error);
  }

  private beginLife(): void {
    const life = new Life();
    this.life = life;
    // Also when it dies while it answers somebody.
    void life.over.then(() => {
      if (this.life === life) this.kill();
    });
    this.busy = false;
    this.agreement = new ClockAgreement(this.clock, () => this.time.nowMs(), true);
    this.network.callers.set(this.url, { url: this.url, life: this.life, dialect: this.dialect });
  }

  private seen(disk: Disk): Disk {
    if (this.dialect.version !== 'newer') return disk;
    const { ledger } = disk.records;
    const saying = Object.create(ledger) as Ledger;
    saying.store = (report, sketches, decision) =>
      ledger.store(decision.rule === 'own' ? this.dialect.report(report) : report, sketches, decision);
    return { ...disk, records: { ...disk.records, ledger: saying } as Disk['records'] };
  }
}

/** Computes a total once an hour of simulated time, and says the same meanwhile: nodes compute on a cadence, too. */
class SeldomTotals implements TotalComputer {
  private last: { atMs: number; made: ReturnType<TotalComputer['compute']> } | null = null;

  constructor(private readonly ledger: () => Ledger) {}

  compute(question: Parameters<TotalComputer['compute']>[0]): ReturnType<TotalComputer['compute']> {
    const { nowMs: atMs } = question;
    const isFresh = this.last && Math.abs(atMs - this.last.atMs) < TOTAL_MS;
    if (!isFresh) this.last = { atMs, made: new LedgerTotals(this.ledger()).compute(question) };
    return this.last!.made;
  }

  compare(...question: Parameters<TotalComputer['compare']>): ReturnType<TotalComputer['compare']> {
    return new LedgerTotals(this.ledger()).compare(...question);
  }
}
