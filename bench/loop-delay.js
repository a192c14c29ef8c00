// Loaded into a node before it starts: on SIGUSR2 it writes how long its main thread was held up at most since the last
// time, in milliseconds, into the file that LOOP_DELAY_FILE names.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  process.on('SIGUSR2', () => {
    const figures = { maxMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6 };
    delay.reset();
    writeFileSync(process.env.LOOP_DELAY_FILE, JSON.stringify(figures));
  });
}
