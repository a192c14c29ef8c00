import type { Clock } from '../../clock/clock.js';
import type { Day } from '../../clock/day.js';
import type { Effect } from './effect.js';
import type { Rulings } from './rulings.js';
import type { TotalBoard } from './total-board.js';
import type { TotalComputer } from './total-computer.js';
import type { TotalQuestion } from './total-question.js';

/** What a person may decide about a day of an origin, or about all of its days. */
export const EFFECT_ACTIONS = ['hold', 'exclude', 'lift', 'release'] as const;
export type EffectAction = (typeof EFFECT_ACTIONS)[number];

export interface Supposed {
  action: EffectAction;
  origin: string;
  /** Null for all days; a release is of one. */
  day: Day | null;
}

export interface EffectsOptions {
  totals: Pick<TotalBoard, 'question'>;
  computer: TotalComputer;
  rulings: Pick<Rulings, 'set'>;
  clock: Clock;
}

/** What a decision would do to the total, before it is made. */
export class Effects {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: EffectsOptions) {}

  /** One after the other: in a large federation each takes a thread for half a minute. Null in no federation. */
  preview(supposed: Supposed): Promise<Effect | null> {
    const preview = this.turn.then(() => this.compute(supposed));
    this.turn = preview.catch(() => undefined);
    return preview;
  }

  private async compute(supposed: Supposed): Promise<Effect | null> {
    const now = this.options.totals.question();
    const then = this.questionAfter(supposed);
    if (!now || !then) return null;
    return this.options.computer.compare(supposed.origin, now, { ...then, nowMs: now.nowMs });
  }

  private questionAfter({ action, origin, day }: Supposed): TotalQuestion | null {
    const { totals, rulings, clock } = this.options;
    if (action === 'release') {
      const question = totals.question();
      return question && day !== null ? { ...question, supposed: { origin, day } } : question;
    }
    if (action === 'lift') return totals.question(rulings.set.without(origin, day));
    const ruling = { origin, day, verdict: action, by: '', why: '', atMs: clock.nowMs() };
    return totals.question(rulings.set.with(ruling));
  }
}
