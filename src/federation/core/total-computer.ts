import type { Effect } from './effect.js';
import type { ComputedTotal, TotalQuestion } from './total-question.js';

/** Who computes totals: this thread, or one of its own. Rejects with StoreUnavailableError. */
export interface TotalComputer {
  compute(question: TotalQuestion): Promise<ComputedTotal>;
  /** What two questions that differ in that origin alone are answered. */
  compare(origin: string, before: TotalQuestion, after: TotalQuestion): Promise<Effect>;
}
