import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Answer } from './answer-cache.js';

/** Where a stream is written to. A node:http response is one. */
export interface StreamWriter {
  /** Bytes that the reader has not taken yet. */
  readonly writableLength: number;
  write(message: Buffer): unknown;
  end(): unknown;
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

export interface StreamOptions {
  readersMax: number;
  /** What is sent: the same answer as long as nothing changed. Rejects while the store is away. */
  newest(): Promise<Answer>;
  /** How often it is looked whether anything changed, while anybody reads. */
  everyMs?: number;
}

const EVERY_MS = 2_000;
/** Proxies close what is silent for a minute. */
const SILENT_TICKS = 10;
/** A reader that leaves more than this lying is not reading. */
const UNREAD_BYTES_MAX = 65_536;
/** Readers that are written to in one turn of the event loop, so that a visit never waits behind thousands of them. */
const READERS_A_TURN = 50;
const HEARTBEAT = Buffer.from(':\n\n');

/**
 * Server-sent events: the counts, whenever they change. One look at the store and one message serve all readers, and
 * nothing is done while there are none.
 */
export class CountStream {
  private readonly readers = new Set<StreamWriter>();
  private timer: NodeJS.Timeout | undefined;
  private sent: { id: string; message: Buffer } | null = null;
  private silentTicks = 0;
  private isTicking = false;
  private isClosed = false;

  constructor(private readonly options: StreamOptions) {}

  get isFull(): boolean {
    return this.isClosed || this.readers.size >= this.options.readersMax;
  }

  /** Sends the newest counts at once, unless the reader has them: `knownId` is the id of the last it got. */
  async add(reader: StreamWriter, knownId: string | undefined): Promise<void> {
    this.readers.add(reader);
    reader.once('close', () => this.remove(reader));
    this.timer ??= setInterval(() => void this.tick(), this.options.everyMs ?? EVERY_MS);
    const newest = await this.look();
    if (newest !== null && newest.id !== knownId && this.readers.has(reader)) reader.write(newest.message);
  }

  /** Ends every stream: the node stops. */
  close(): void {
    this.isClosed = true;
    for (const reader of this.readers) reader.end();
    this.readers.clear();
    this.stopWhenIdle();
  }

  private remove(reader: StreamWriter): void {
    this.readers.delete(reader);
    this.stopWhenIdle();
  }

  private stopWhenIdle(): void {
    if (this.readers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Looks once; the next tick waits until all have been written to. */
  private async tick(): Promise<void> {
    if (this.isTicking) return;
    this.isTicking = true;
    const before = this.sent;
    const newest = await this.look();
    this.silentTicks = newest === before ? this.silentTicks + 1 : 0;
    if (newest !== null && newest !== before) await this.writeAll(newest.message);
    else if (this.silentTicks % SILENT_TICKS === 0) await this.writeAll(HEARTBEAT);
    this.isTicking = false;
  }

  private async look(): Promise<typeof this.sent> {
    const answer = await this.options.newest().catch(() => null);
    if (answer !== null && answer.etag !== this.sent?.id) {
      const message = Buffer.from(`id: ${answer.etag}\nevent: counts\ndata: ${answer.body}\n\n`);
      this.sent = { id: answer.etag, message };
    }
    return this.sent;
  }

  private async writeAll(message: Buffer): Promise<void> {
    let written = 0;
    for (const reader of [...this.readers]) {
      if (reader.writableLength > UNREAD_BYTES_MAX) reader.destroy();
      else reader.write(message);
      if (++written % READERS_A_TURN === 0) await nextTurn();
    }
  }
}
