import { createHash } from 'node:crypto';

/** A node's place in every period, [0, 1): the same after each start, and spread evenly over all nodes. */
export function phaseOf(nodeId: string): number {
  return createHash('sha256').update(nodeId).digest().readUIntBE(0, 6) / 2 ** 48;
}

/**
 * How long until this node's turn in a period comes next: more than 0, at most the period. However many nodes start
 * together, they come one after the other.
 */
export function untilTurnMs(nowMs: number, periodMs: number, phase: number): number {
  const sinceTurnMs = (nowMs - Math.floor(phase * periodMs)) % periodMs;
  return periodMs - ((sinceTurnMs + periodMs) % periodMs);
}

/** Within which nodes that start together, ten thousand perhaps, make their first round. */
const FIRST_TURNS_MS = 300_000;

/** How long a node that was known before it started waits for its first round: others may have started with it. */
export function firstTurnMs(periodMs: number, phase: number): number {
  return Math.floor(phase * Math.min(FIRST_TURNS_MS, periodMs));
}

/** The period, up to a fifth longer or shorter. @param random Uniform in [0, 1). */
export function aboutMs(periodMs: number, random: number): number {
  return Math.round(periodMs * (0.8 + 0.4 * random));
}

/** Some of the items, each as likely as any other, in no particular order. @param random Uniform in [0, 1). */
export function sample<T>(items: readonly T[], count: number, random: () => number): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && left.length > 0) {
    drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return drawn;
}
