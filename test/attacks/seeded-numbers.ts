import { RANK_MAX, REGISTER_COUNT, type Sketch } from '../../src/sketch/sketch.js';

// A global costs a look-up of its own wherever Jest runs a test.
const { ceil, clz32, cos, log, log2, min, sqrt } = Math;
/** Above so many new people, drawing each register from the law is faster than drawing each person. */
const BY_LAW = 20_000;

/** Random numbers and people from a seed: sfc32, which passes PractRand. */
export class SeededNumbers {
  private a = 0x9e3779b9;
  private b = 0x243f6a88;
  private counter = 1;

  constructor(private c: number) {
    for (let round = 0; round < 15; round++) this.bits();
  }

  /** 32 random bits, signed. */
  bits(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum;
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    return ((this.bits() >>> 0) + 0.5) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Box and Muller. */
  normal(): number {
    return sqrt(-2 * log(this.uniform())) * cos(2 * Math.PI * this.uniform());
  }

  /** A whole number with this mean that is spread as a count of rare events is. */
  poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + sqrt(mean) * this.normal()));
    let events = 0;
    for (let left = Math.exp(-mean), product = this.uniform(); product > left; events++)
      product *= this.uniform();
    return events;
  }

  /** Counts so many people whom the sketch has not seen. */
  people(count: number, sketch: Sketch): void {
    const { registers } = sketch;
    if (count < BY_LAW) {
      for (let person = 0; person < count; person++) {
        const register = this.bits() >>> 18;
        const bits = this.bits();
        const rank = 32 - clz32(bits & -bits);
        if (registers[register]! < rank) registers[register] = rank;
      }
      return;
    }
    const load = count / REGISTER_COUNT;
    for (let register = 0; register < REGISTER_COUNT; register++) {
      const rank = min(RANK_MAX, ceil(log2(load / -log(this.uniform()))));
      if (registers[register]! < rank) registers[register] = rank;
    }
  }
}
