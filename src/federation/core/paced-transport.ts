import type { Clock } from '../../clock/clock.js';
import { Quota } from './quota.js';
import {
  type IncomingResponse,
  type OutgoingRequest,
  type PeerTransport,
  TransportError,
} from './transport.js';

export interface Pace {
  requestsAtOnce: number;
  bytesPerHour: number;
  /** How many times those bytes may go to and come from the node at that origin. */
  shareOf(origin: string): number;
}

const HOUR_MS = 3_600_000;

/**
 * Keeps what this node asks of each other one within bounds, whatever that one answers: so many requests at once, the
 * others wait for them; and so many bytes in an hour, both ways, so that one that always has more to tell is not
 * listened to for longer.
 */
export class PacedTransport implements PeerTransport {
  private readonly bytes: Quota;
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly transport: PeerTransport,
    private readonly clock: Clock,
    private readonly pace: Pace,
  ) {
    this.bytes = new Quota(pace.bytesPerHour, HOUR_MS);
  }

  async send(request: OutgoingRequest): Promise<IncomingResponse> {
    const { origin } = new URL(request.url);
    return this.lineTo(origin).take(async () => {
      if (this.bytes.isUsedUp(origin, this.pace.shareOf(origin), this.clock.nowMs()))
        throw new TransportError(`${origin} has had its bytes of this hour`);
      this.count(origin, request.body?.length ?? 0);
      const answer = await this.transport.send(request);
      this.count(origin, answer.body.length);
      return answer;
    });
  }

  private count(origin: string, bytes: number): void {
    this.bytes.take(origin, bytes, this.pace.shareOf(origin), this.clock.nowMs());
  }

  /** Origins are those of the configuration, and what a person named. */
  private lineTo(origin: string): Line {
    const line = this.lines.get(origin) ?? new Line(this.pace.requestsAtOnce);
    this.lines.set(origin, line);
    return line;
  }
}

/** First come, first served, so many at a time. */
class Line {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
