import { checkLiveness, checkSafety, type Numbers, roundsToAgree } from './invariants.js';
import { type Sabotage, Simulation } from './simulation.js';

const STEPS = 60;
const TRACED = 25;
const THOROUGH_EVERY = 10;

/** Runs the federation of a seed to its end. Throws what went wrong, with the command that replays it. */
export async function run(
  seed: number,
  options: { steps?: number; sabotage?: Sabotage } = {},
): Promise<void> {
  const simulation = await Simulation.begin(seed, options.sabotage);
  const numbers: Numbers = new Map();
  try {
    for (let step = 0; step < (options.steps ?? STEPS); step++) {
      await simulation.step();
      await checkSafety(simulation, numbers, { thorough: step % THOROUGH_EVERY === 0 });
    }
    simulation.heal();
    for (let round = roundsToAgree(simulation); round > 0; round--) await simulation.roundOfAll();
    await checkSafety(simulation, numbers, { thorough: true });
    await checkLiveness(simulation);
  } catch (error) {
    throw new Error(
      [
        (error as Error).message,
        `  a ${simulation.shape} of ${simulation.nodes.length}, after:`,
        ...simulation.trace.slice(-TRACED).map((step) => `    ${step}`),
        `  again: npm run sim -- ${seed}`,
      ].join('\n'),
      { cause: error },
    );
  }
}
