import { randomUUID } from 'node:crypto';
import type { BatchHit } from '../tracking/hit-body.js';

export interface QueueOptions {
  /** The node's address, `https://count.example`. */
  url: string;
  /** `hc_write_…` */
  writeKey: string;
  /** Hits kept while the node cannot be reached; then the oldest are given up. 10,000 take about 4 MB. */
  queueMax?: number;
  /** Hits sent at once, up to the node's own limit of 500. Raising it makes requests fewer and larger. */
  batchHits?: number;
  /** How long a hit waits for others before it is sent. */
  flushIntervalMs?: number;
  /** For one request, answer included. */
  timeoutMs?: number;
}

export interface QueueCounts {
  waiting: number;
  sent: number;
  /** Given up: the queue was full, the node refused them, or it was away for a day. */
  lost: number;
}

interface Batch {
  hits: BatchHit[];
  /** The same for every try, so that a batch whose answer was lost is counted once. */
  idempotencyKey: string;
  bornMs: number;
}

type Delivery = 'delivered' | 'refused' | 'failed';

const FIRST_DELAY_MS = 1_000;
const LAST_DELAY_MS = 60_000;
/** The node remembers idempotency keys for 24 h. */
const BATCH_LIFE_MS = 23 * 3_600_000;

/**
 * Hits on their way to the node. Adding one is an array push: no request, no promise, no error. Batches go out one
 * after another, by a timer or as soon as one is full, and are tried again until the node takes or refuses them.
 * The timers keep no process alive.
 */
export class HitQueue {
  private readonly endpoint: string;
  private readonly headers: Record<string, string>;
  private readonly queueMax: number;
  private readonly batchHits: number;
  private readonly flushIntervalMs: number;
  private readonly timeoutMs: number;
  private waiting: BatchHit[] = [];
  private batch: Batch | null = null;
  private sending: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isDueNow = false;
  private failures = 0;
  private sent = 0;
  private lost = 0;
  private closed = false;

  /** Throws TypeError or RangeError for options that cannot work. */
  constructor(options: QueueOptions) {
    this.endpoint = endpointOf(options.url);
    if (!options.writeKey) throw new TypeError('writeKey is missing: the node prints one at its first start');
    this.headers = { authorization: `Bearer ${options.writeKey}`, 'content-type': 'application/json' };
    this.queueMax = inRange('queueMax', options.queueMax ?? 10_000, 1, 1_000_000);
    this.batchHits = inRange('batchHits', options.batchHits ?? 200, 1, 500);
    this.flushIntervalMs = inRange('flushIntervalMs', options.flushIntervalMs ?? 1_000, 10, 600_000);
    this.timeoutMs = inRange('timeoutMs', options.timeoutMs ?? 5_000, 10, 600_000);
  }

  get counts(): QueueCounts {
    return {
      waiting: this.waiting.length + (this.batch?.hits.length ?? 0),
      sent: this.sent,
      lost: this.lost,
    };
  }

  add(hit: BatchHit): void {
    if (this.closed) {
      this.lost++;
      return;
    }
    this.waiting.push(hit);
    if (this.waiting.length > this.queueMax) this.giveUpOldest();
    if (this.sending === null) this.hasten();
  }

  /** Sends what waits now. Resolves when all is sent, or at the first failure; never rejects. */
  async flush(): Promise<void> {
    await this.sending;
    while (this.counts.waiting > 0) {
      await this.sendOnce();
      if (this.failures > 0) return;
    }
  }

  /** Sends what waits, tries nothing again and takes no more. Resolves within two timeouts; never rejects. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelTimer();
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, 2 * this.timeoutMs).unref());
    await Promise.race([this.flush(), deadline]);
    this.cancelTimer();
    this.lost += this.counts.waiting;
    this.waiting = [];
    this.batch = null;
  }

  /** An eighth at once: shifting an array by one for each hit would cost its whole length each time. */
  private giveUpOldest(): void {
    const count = Math.ceil(this.queueMax / 8);
    this.waiting.splice(0, count);
    this.lost += count;
  }

  /** A full batch goes at once; but a timer that is due now is left alone, or a busy site would put it off forever. */
  private hasten(): void {
    const isFull = this.failures === 0 && this.waiting.length >= this.batchHits;
    if (this.timer === null || (isFull && !this.isDueNow)) this.scheduleNext();
  }

  private scheduleNext(): void {
    if (this.closed || this.counts.waiting === 0) return;
    if (this.failures > 0) this.schedule(retryDelayMs(this.failures));
    else this.schedule(this.waiting.length >= this.batchHits ? 0 : this.flushIntervalMs);
  }

  private schedule(delayMs: number): void {
    this.cancelTimer();
    this.isDueNow = delayMs === 0;
    this.timer = setTimeout(() => void this.sendOnce(), delayMs).unref();
  }

  private cancelTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.isDueNow = false;
  }

  private sendOnce(): Promise<void> {
    this.cancelTimer();
    this.sending ??= this.sendBatch().finally(() => {
      this.sending = null;
      this.scheduleNext();
    });
    return this.sending;
  }

  private async sendBatch(): Promise<void> {
    const batch = this.batch ?? this.nextBatch();
    this.batch = batch;
    if (batch === null) return;
    const { hits, bornMs } = batch;
    const delivery = await this.deliver(batch);
    // Closed meanwhile: it was written off.
    if (this.batch !== batch) return;
    const isOver = delivery !== 'failed' || Date.now() - bornMs > BATCH_LIFE_MS;
    this.failures = delivery === 'failed' ? this.failures + 1 : 0;
    if (!isOver) return;
    this.batch = null;
    if (delivery === 'delivered') this.sent += hits.length;
    else this.lost += hits.length;
  }

  private nextBatch(): Batch | null {
    if (this.waiting.length === 0) return null;
    const hits = this.waiting.splice(0, this.batchHits);
    return { hits, idempotencyKey: randomUUID(), bornMs: Date.now() };
  }

  private async deliver(batch: Batch): Promise<Delivery> {
    try {
      const response = await fetch(this.endpoint, {
        method: 'POST',
        headers: { ...this.headers, 'idempotency-key': batch.idempotencyKey },
        body: JSON.stringify({ hits: batch.hits }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      await response.body?.cancel();
      if (response.ok) return 'delivered';
      return isPassing(response.status) ? 'failed' : 'refused';
    } catch {
      return 'failed';
    }
  }
}

/** Worth another try: the node is busy, away, or its key is being changed. A body it cannot read stays so. */
function isPassing(status: number): boolean {
  return status >= 500 || [401, 403, 404, 408, 425, 429].includes(status);
}

/** Doubling up to a minute, each half by chance, so that many sites do not come back together. */
function retryDelayMs(failures: number): number {
  const delayMs = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 16));
  return delayMs * (0.5 + Math.random() / 2);
}

function endpointOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new TypeError(`not an http(s) URL: ${url}`);
  return `${parsed.origin}${parsed.pathname.replace(/\/$/, '')}/v1/hits:batch`;
}

function inRange(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
}
