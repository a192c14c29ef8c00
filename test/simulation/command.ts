import { Pool } from './pool.js';

const TOLD_EVERY = 100;

/** Answers the exit code: 1 when a federation broke a promise, 2 for what names no seeds. */
export async function command(text: string): Promise<number> {
  const [, first, last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  if (first === undefined) {
    say('npm run sim -- <seed>, or <first>-<last>');
    return 2;
  }
  const from = Number(first);
  const count = Math.max(0, Number(last ?? first) - from + 1);
  return (await runSeeds(Array.from({ length: count }, (_, index) => from + index))) === 0 ? 0 : 1;
}

/** Answers how many failed. */
async function runSeeds(seeds: readonly number[]): Promise<number> {
  const pool = new Pool();
  const begunMs = performance.now();
  const seconds = () => Math.round((performance.now() - begunMs) / 1000);
  const broken: number[] = [];
  let [done, messages] = [0, 0];
  await pool.runAll(
    seeds.map((seed) => ({ seed })),
    ({ seed, failure, messages: some }) => {
      done += 1;
      messages += some;
      if (failure) {
        broken.push(seed);
        say(`seed ${seed}: ${failure.story}\n`);
      }
      if (done % TOLD_EVERY === 0) say(`${done} of ${seeds.length}, ${broken.length} failed, ${seconds()} s`);
    },
  );
  pool.close();
  const failed = broken.length === 0 ? 'none failed' : `failed: ${broken.sort((a, b) => a - b).join(' ')}`;
  say(`${done} federations, ${messages} messages, ${seconds()} s: ${failed}`);
  return broken.length;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
