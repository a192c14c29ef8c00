import type { Job, Outcome } from './pool.js';
import { run } from './run.js';
import { NEEDED, SABOTAGES } from './sabotages.js';

/** In real time: whatever takes longer waits for something that never comes. */
const STALLED_MS = 240_000;

/** Runs what it is sent, one federation after the other, and answers what became of each. */
export function serve(host: NodeJS.Process): void {
  host.on('message', (job: Job) => {
    void outcomeOf(job).then((outcome) => host.send?.(outcome));
  });
  host.on('disconnect', () => host.exit());
}

async function outcomeOf(job: Job): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it never ended\n  again: npm run sim -- ${job.seed}`)),
      STALLED_MS,
    );
  });
  try {
    const { sabotage: name = '' } = job;
    const options = { sabotage: SABOTAGES[name], needed: NEEDED[name] };
    const { hash, messages } = await Promise.race([run(job.seed, options), stalled]);
    return { ...job, hash, messages, failure: null };
  } catch (error) {
    const { cause, message } = error as Error;
    const name = cause instanceof Error ? cause.name : 'Error';
    return { ...job, hash: null, messages: 0, failure: { name, story: message } };
  } finally {
    clearTimeout(timer);
  }
}
