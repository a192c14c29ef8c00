/** How many requests each caller may make in a minute. Callers are known peers, so the table is bounded by the roster. */
export class RequestBucket {
  private readonly counts = new Map<string, number>();
  private minute = 0;

  constructor(private readonly requestsPerMinute: number) {}

  /** False when the caller has used up this minute's requests. */
  take(caller: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.minute) {
      this.minute = minute;
      this.counts.clear();
    }
    const count = (this.counts.get(caller) ?? 0) + 1;
    this.counts.set(caller, count);
    return count <= this.requestsPerMinute;
  }
}
