// The search for near copies in a hub's records in a thread of its own, and how long the main thread was held up.
//   node bench/near-copies.js <records.sqlite> <federation as JSON> <instances>
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { defaultAlertThresholds } from '../dist/federation/core/alerts/alert.js';
import { WorkerNearCopies } from '../dist/federation/worker-near-copies.js';
import { questionOf } from './large-hub.js';

const [records, federationJson, instances] = process.argv.slice(2);
const question = questionOf(JSON.parse(federationJson), Number(instances));
const never = { slots: () => Promise.reject(new Error('searched on the main thread')) };

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const startMs = performance.now();
const alerts = await new WorkerNearCopies(records, never).search(question, defaultAlertThresholds);
const seconds = (performance.now() - startMs) / 1000;
delay.disable();
console.log(
  JSON.stringify({
    ...{ seconds, blockedMs: delay.max / 1e6, alerts: alerts.length },
    rssBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
