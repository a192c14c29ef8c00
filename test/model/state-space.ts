/** What an exhaustive search goes through: all that may happen from a state, and what must never be so. */
export interface Model<State> {
  initial: State;
  /** Every step that may come next, in words, with the state it leads to. */
  steps(state: State): Iterable<readonly [step: string, next: State]>;
  /** What is wrong with a state; null when nothing is. */
  wrongState(state: State): string | null;
  /** What is wrong with a step from one state to the next; null when nothing is. */
  wrongStep(before: State, after: State): string | null;
}

export interface Search<State> {
  /** Every state that can be reached; those found until then where there is a violation. */
  states: State[];
  /** The first violation, with one of the shortest ways to it; null when there is none. */
  violation: { what: string; steps: string[] } | null;
}

interface Visit<State> {
  state: State;
  step: string;
  from: Visit<State> | null;
}

/**
 * Breadth first through all states. Throws RangeError when there are more than `statesMax`: a search that was not
 * finished has shown nothing.
 */
export function search<State>(model: Model<State>, statesMax: number): Search<State> {
  const first: Visit<State> = { state: model.initial, step: 'begin', from: null };
  const visits = [first];
  const known = new Set([JSON.stringify(model.initial)]);
  const end = (violation: Search<State>['violation']) => ({
    states: visits.map(({ state }) => state),
    violation,
  });
  for (const from of visits) {
    for (const [step, state] of model.steps(from.state)) {
      const visit = { state, step, from };
      const wrongStep = model.wrongStep(from.state, state);
      if (wrongStep !== null) return end({ what: wrongStep, steps: stepsTo(visit) });
      const key = JSON.stringify(state);
      if (known.has(key)) continue;
      const wrongState = model.wrongState(state);
      if (wrongState !== null) return end({ what: wrongState, steps: stepsTo(visit) });
      known.add(key);
      visits.push(visit);
      if (visits.length > statesMax) throw new RangeError(`more than ${statesMax} states`);
    }
  }
  return end(null);
}

function stepsTo<State>(visit: Visit<State>): string[] {
  const steps: string[] = [];
  for (let at: Visit<State> | null = visit; at?.from; at = at.from) steps.unshift(at.step);
  return steps;
}
