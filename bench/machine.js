// What a figure must be read beside: the machine, and what else it was doing.
import { cpus, loadavg, release, totalmem } from 'node:os';

export function describeMachine() {
  const [cpu] = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(1);
  const [load] = loadavg();
  return [
    `${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${gigabytes} GiB, Linux ${release()}, Node ${process.version}`,
    `${new Date().toISOString().slice(0, 16)}Z, load before the run ${load.toFixed(2)}`,
  ].join('\n');
}
