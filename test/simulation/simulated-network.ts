import type { Clock } from '../../src/clock/clock.js';
import {
  type IncomingResponse,
  type OutgoingRequest,
  type PeerTransport,
  TransportError,
} from '../../src/federation/core/transport.js';
import { MemoryNetwork } from '../federation/core-network.js';
import type { Dialect } from './dialect.js';
import type { Life } from './life.js';
import type { SeededRandom } from './seeded-random.js';

const EXCHANGE_MS = 15_000;
/** How late what is late arrives: after the exchange is over, after its signature is, on another day. */
const LATE_MS = [5_000, 20_000, 200_000, 40 * 3_600_000] as const;
const REMEMBERED = 20;

/** Something on its way: it arrives when it is handed over, and others may overtake it. */
interface Parcel {
  dueMs: number;
  arrive(): void;
}

interface Caller {
  url: string;
  life: Life;
  dialect: Dialect;
}

interface Called extends Caller {
  answer(request: OutgoingRequest): Promise<IncomingResponse>;
}

/** Nodes that reach each other by URL, over a network that loses, doubles, delays and reorders what it is given. */
export class SimulatedNetwork extends MemoryNetwork {
  /** Whom a URL leads to just now. */
  readonly reachable = new Map<string, Called>();
  /** Who calls from a URL from its next start on. */
  readonly callers = new Map<string, Caller>();
  /** `<from> <to>`: nothing gets through in this direction. */
  readonly cut = new Set<string>();
  loss = 0;
  lateness = 0;
  doubling = 0;
  delivered = 0;
  private parcels: Parcel[] = [];
  private waiting: { untilMs: number; expire(): void }[] = [];
  private readonly seen: { to: string; request: OutgoingRequest }[] = [];

  constructor(
    seed: string,
    private readonly time: Clock,
    private readonly dice: SeededRandom,
  ) {
    super(seed);
    this.random = () => dice.next();
  }

  override transport(from: string): PeerTransport {
    const caller = this.callers.get(from)!;
    return { send: (request) => this.send(caller, request) };
  }

  /** Hands over one of the parcels that are due. False when none is. */
  handOver(): boolean {
    const nowMs = this.time.nowMs();
    this.expire(nowMs);
    const due = this.parcels.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length === 0) return false;
    const parcel = this.dice.pick(due);
    this.parcels.splice(this.parcels.indexOf(parcel), 1);
    this.delivered += 1;
    parcel.arrive();
    return true;
  }

  /** Somebody who listens sends a request again, hours later or at once. */
  replay(): void {
    if (this.seen.length === 0) return;
    const { to, request } = this.dice.pick(this.seen);
    this.post(0, () => void this.reachable.get(to)?.answer(request));
  }

  heal(): void {
    this.cut.clear();
    this.loss = 0;
    this.lateness = 0;
  }

  private send(caller: Caller, given: OutgoingRequest): Promise<IncomingResponse> {
    const to = new URL(given.url).origin;
    const request = caller.dialect.request(given, this.callers.get(to)!.dialect);
    this.remember(to, request);
    return new Promise((resolve, reject) => {
      const call = { isOver: false };
      const finish = (settle: () => void) => {
        if (call.isOver || caller.life.isOver) return;
        call.isOver = true;
        settle();
      };
      const fail = (why: string) => finish(() => reject(new TransportError(why)));
      const answered = (response: IncomingResponse) =>
        finish(() => resolve(caller.dialect.heard(request, response)));
      this.waiting.push({ untilMs: this.time.nowMs() + EXCHANGE_MS, expire: () => fail('took too long') });
      this.carry(caller.url, to, request, answered, fail);
      if (this.dice.chance(this.doubling))
        this.carry(
          caller.url,
          to,
          request,
          () => undefined,
          () => undefined,
        );
    });
  }

  private carry(
    from: string,
    to: string,
    request: OutgoingRequest,
    answered: (response: IncomingResponse) => void,
    failed: (why: string) => void,
  ): void {
    if (this.isLost(from, to)) {
      // A reset is noticed, silence is waited for.
      if (this.dice.chance(0.5)) this.post(0, () => failed('lost on the way'));
      return;
    }
    this.post(this.latenessMs(), () => {
      const called = this.reachable.get(to);
      if (!called) return failed('nobody is there');
      void called.answer(request).then((response) => {
        if (called.life.isOver || this.isLost(to, from)) return;
        this.post(this.latenessMs(), () => answered(response));
      });
    });
  }

  private isLost(from: string, to: string): boolean {
    return this.cut.has(`${from} ${to}`) || this.dice.chance(this.loss);
  }

  private latenessMs(): number {
    return this.dice.chance(this.lateness) ? this.dice.below(this.dice.pick(LATE_MS)) : 0;
  }

  private post(delayMs: number, arrive: () => void): void {
    this.parcels.push({ dueMs: this.time.nowMs() + delayMs, arrive });
  }

  private expire(nowMs: number): void {
    const expired = this.waiting.filter(({ untilMs }) => untilMs <= nowMs);
    if (expired.length === 0) return;
    this.waiting = this.waiting.filter(({ untilMs }) => untilMs > nowMs);
    for (const { expire } of expired) expire();
  }

  private remember(to: string, request: OutgoingRequest): void {
    const letter = { to, request };
    if (this.seen.length < REMEMBERED) this.seen.push(letter);
    else this.seen[this.dice.below(REMEMBERED)] = letter;
  }
}
