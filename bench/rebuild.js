// One full total of a hub's records in a thread of its own, and how long the main thread was held up meanwhile.
//   node bench/rebuild.js <records.sqlite> <federation as JSON> <instances>
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { WorkerTotals } from '../dist/federation/worker-totals.js';
import { questionOf } from './large-hub.js';

const [records, federationJson, instances] = process.argv.slice(2);
const federation = JSON.parse(federationJson);
const question = questionOf(federation, Number(instances));
const refuse = () => Promise.reject(new Error('computed on the main thread'));
const never = { compute: refuse, compare: refuse };

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const startMs = performance.now();
const { total } = await new WorkerTotals(records, never).compute(question);
const seconds = (performance.now() - startMs) / 1000;
delay.disable();
const { estimate } = total.windows['30d'].uniques;
console.log(
  JSON.stringify({
    ...{ seconds, blockedMs: delay.max / 1e6, estimate, rows: total.instances.length },
    rssBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
