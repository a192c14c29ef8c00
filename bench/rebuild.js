// One full total of a hub's records in a thread of its own, and how long the main thread was held up meanwhile.
//   node bench/rebuild.js <records.sqlite> <federation as JSON> <instances>
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { addDays, dayOf, daysFromTo } from '../dist/clock/day.js';
import { defaultPolicy } from '../dist/federation/core/policy.js';
import { WorkerTotals } from '../dist/federation/worker-totals.js';
import { keyNamesOf, keyOf } from './large-hub.js';

const [records, federationJson, instances] = process.argv.slice(2);
const federation = JSON.parse(federationJson);
const nowMs = Date.now();
const today = dayOf(nowMs);
const roster = Array.from({ length: Number(instances) }, (_, rank) => ({
  ...{
    nodeId: keyOf(rank).nodeId,
    name: `Instance ${rank}`,
    listed: true,
    status: 'active',
    statusSinceMs: 0,
  },
}));
const days = daysFromTo(addDays(today, 1 - defaultPolicy.ledgerDays), today);
const readKeys = Object.fromEntries(days.map((day) => [day, keyNamesOf(federation, day)[0]]));
const question = {
  federation: federation.federation,
  roster,
  ruledOut: [],
  readKeys,
  policy: defaultPolicy,
  nowMs,
};
const never = { compute: () => Promise.reject(new Error('computed on the main thread')) };

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
