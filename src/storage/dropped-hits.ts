import type { Day } from '../clock/day.js';

/** Hits that were not counted, waiting for the next flush. */
export type DroppedByDay = ReadonlyMap<Day, ReadonlyMap<string, number>>;

const FLUSH_MS = 1000;

/** Adds up dropped hits between flushes, and asks for one when no visit brings it about. */
export class DroppedHits {
  private byDay = new Map<Day, Map<string, number>>();
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  constructor(private readonly askForFlush: () => Promise<unknown>) {}

  add(day: Day, reason: string, count: number): void {
    const reasons = this.byDay.get(day) ?? new Map<string, number>();
    this.byDay.set(day, reasons.set(reason, (reasons.get(reason) ?? 0) + count));
    if (!this.isStopped) this.timer ??= setTimeout(() => this.onTime(), FLUSH_MS).unref();
  }

  /** What has added up. It is the caller's now. */
  take(): DroppedByDay {
    const taken = this.byDay;
    this.byDay = new Map();
    return taken;
  }

  /** The flush failed: the next one takes them. */
  giveBack(dropped: DroppedByDay): void {
    for (const [day, reasons] of dropped) for (const [reason, count] of reasons) this.add(day, reason, count);
  }

  /** Asks for no flush any more, not even when the last one failed and gave everything back. */
  stop(): void {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private onTime(): void {
    this.timer = null;
    this.askForFlush().catch(() => undefined);
  }
}
