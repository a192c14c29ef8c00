import type { Clock } from '../clock/clock.js';

/** Keeps the newest values for a moment: many readers then cost one look at the store. */
export class MomentCache<Value> {
  private readonly kept = new Map<string, { expiresMs: number; value: Promise<Value> }>();

  constructor(
    private readonly clock: Clock,
    private readonly ageMs = 1000,
    private readonly valuesMax = 256,
  ) {}

  /** Whoever asks while a value is computed waits for the same one. What failed is not kept. */
  async get(name: string, compute: () => Promise<Value>): Promise<Value> {
    const nowMs = this.clock.nowMs();
    const known = this.kept.get(name);
    if (known && known.expiresMs > nowMs) return known.value;
    const value = compute();
    if (this.kept.size >= this.valuesMax) this.kept.clear();
    this.kept.set(name, { expiresMs: nowMs + this.ageMs, value });
    value.catch(() => this.kept.delete(name));
    return value;
  }
}
