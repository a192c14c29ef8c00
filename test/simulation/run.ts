import { createHash } from 'node:crypto';
import { DAY_MS } from '../../src/clock/day.js';
import { agree, checkLiveness, roundsToAgree } from './liveness.js';
import { Watch } from './safety.js';
import { signFor } from './signatures.js';
import { type Fault, type Sabotage, Simulation } from './simulation.js';
import { Violation } from './violation.js';

const STEPS = { least: 20, more: 31 } as const;
const TRACED = 30;
const THOROUGH_EVERY = 15;
/** After healing, before persons look at their nodes: proofs have spread by then. */
const ROUNDS_BEFORE_DECISIONS = 3;
/** Whoever is let in again learns only then what its copy has said. */
const DECISIONS = 2;

const REAL_SIGNATURES_EVERY = 10;

/** Until nothing new comes up, for so long: a liar may hold what a copy said, and its origin finds it there. */
const AGREEING_ROUNDS = 3;

/** How a federation ended. */
export interface Run {
  /** Over every step and every ledger: the same for the same seed. */
  hash: string;
  messages: number;
}

/** Runs the federation of a seed to its end. Throws what went wrong, with the command that replays it. */
export async function run(
  seed: number,
  options: { sabotage?: Sabotage | undefined; needed?: readonly Fault[] | undefined } = {},
): Promise<Run> {
  signFor(seed % REAL_SIGNATURES_EVERY === 0);
  const simulation = await Simulation.begin(seed, options.sabotage, options.needed);
  const watch = new Watch(simulation);
  const steps = STEPS.least + simulation.random.below(STEPS.more);
  try {
    for (let step = 0; step < steps; step++) {
      await simulation.step();
      await watch.checkSafety({ thorough: step % THOROUGH_EVERY === 0 });
    }
    await simulation.heal();
    for (let time = 0; time < DECISIONS; time++) {
      for (let round = 0; round < ROUNDS_BEFORE_DECISIONS; round++) await simulation.roundOfAll();
      await simulation.decide();
    }
    if (isLateAtRelays(simulation)) await simulation.pass(DAY_MS);
    let agreed = 0;
    for (
      let left = roundsToAgree(simulation) + AGREEING_ROUNDS;
      left > 0 && agreed < AGREEING_ROUNDS;
      left--
    ) {
      await simulation.roundOfAll();
      agreed = (await agree(simulation)) ? agreed + 1 : 0;
    }
    await watch.checkSafety({ thorough: false });
    await checkLiveness(simulation);
    await watch.checkSafety({ thorough: true, isOver: true });
    return { hash: await hashOf(simulation), messages: simulation.network.delivered };
  } catch (error) {
    throw new Error(story(simulation, error as Error), { cause: error });
  }
}

/**
 * Where a node of before does not say that its members changed, a relay offers it with the next day again what it did
 * not want: a new key, a removal, whom a backup forgot.
 */
function isLateAtRelays({ shape, faults }: Simulation): boolean {
  if (!faults.has('versions')) return false;
  const late = {
    ring: ['new keys', 'backups'],
    tree: ['new keys', 'backups', 'removals'],
    hub: [],
    mesh: [],
  } as const;
  return late[shape].some((fault) => faults.has(fault));
}

function story({ seed, shape, sites, faults, trace }: Simulation, error: Error): string {
  return [
    error instanceof Violation ? error.message : (error.stack ?? error.message),
    `  a ${shape} of ${sites.length} with ${[...faults].join(', ') || 'no faults'}, after:`,
    ...trace.slice(-TRACED).map((step) => `    ${step}`),
    `  again: npm run sim -- ${seed}`,
  ].join('\n');
}

async function hashOf({ trace, sites }: Simulation): Promise<string> {
  const hash = createHash('sha256');
  for (const step of trace) hash.update(`${step}\n`);
  for (const { name, node } of sites)
    for (const { accepted, counted } of await node.records.ledger.slots('0000-01-01', '9999-12-31'))
      hash.update(`${name} ${accepted.envelope} ${counted?.reportId}\n`);
  return hash.digest('hex');
}
