// A hub of a large federation: what its store takes, how long a full total takes in a thread of its own, and how a whole
// hub does while its members report. The hub may use both cores; the members share one of them with its totals.
//
//   npm run bench:federation [-- --instances 10000 --runs 3 --rate 300 --seconds 60]
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { hubUnderLoad } from './hub-under-load.js';
import { DAYS, fillHub } from './large-hub.js';
import { describeMachine } from './machine.js';
import { fileOf, temporaryFolder } from './processes.js';

const { values: options } = parseArgs({
  options: {
    instances: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '3' },
    rate: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '60' },
  },
});
const instances = Number(options.instances);

console.log(`${describeMachine()}\n`);
const { hub, federation } = fillHub(temporaryFolder(), instances, (done) =>
  console.log(`${whole(done)} instances are in the store`),
);
const records = join(hub, 'records.sqlite');
const asked = (file) => {
  const command = [fileOf(file), records, JSON.stringify(federation), String(instances)];
  return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }));
};
const runs = Array.from({ length: Number(options.runs) }, () => asked('rebuild.js'));
const of = (name) => median(runs.map((run) => run[name]));
const copies = asked('near-copies.js');
console.log(
  `\n${table([
    [`${whole(instances)} instances × ${DAYS} days`, 'measured'],
    ['store', `${(statSync(records).size / 1e6).toFixed(0)} MB`],
    ['full total, median', `${of('seconds').toFixed(1)} s`],
    ['main thread held up at most, median', `${of('blockedMs').toFixed(0)} ms`],
    ['memory of the process that asks, median', `${(of('rssBytes') / 1e6).toFixed(0)} MB`],
    ['near-copy search', `${copies.seconds.toFixed(1)} s`],
    ['main thread held up at most', `${copies.blockedMs.toFixed(0)} ms`],
    ['memory of the process that asks', `${(copies.rssBytes / 1e6).toFixed(0)} MB`],
  ])}`,
);

const { startS, firstTotalS, statusS, effectS, rssAtRest, load, reads, blocked, mainMs, rssMost, diskBytes } =
  await hubUnderLoad({
    ...{ hub, instances, rate: Number(options.rate), seconds: Number(options.seconds) },
  });
const ms = (value) => `${value.toFixed(1)} ms`;
const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
console.log(
  `\n${table([
    [`a hub while members bring ${options.rate} reports/s for ${options.seconds} s`, 'measured'],
    ['listens after its start', `${startS.toFixed(1)} s`],
    ['has a first total after', `${firstTotalS.toFixed(1)} s`],
    ['memory before the load, and at most', `${mb(rssAtRest)}, ${mb(rssMost)}`],
    ['reports counted or held, a second', whole(load.perSecond)],
    ['counted, held', `${whole(load.accepted)}, ${whole(load.held)}`],
    ['refused, or another answer', JSON.stringify(load.other)],
    ['a push: p50, p99', `${ms(load.p50Ms)}, ${ms(load.p99Ms)}`],
    ['rounds that waited for a connection, most', whole(load.lateMost)],
    ['/v1/counts, reads', whole(reads.reads)],
    ['/v1/counts: failed', whole(reads.failed)],
    ['/v1/counts: p50', ms(reads.p50Ms)],
    ['/v1/counts: p99', ms(reads.p99Ms)],
    ['/v1/counts: longest', ms(reads.maxMs)],
    ['totals seen meanwhile', whole(reads.totals)],
    ['main thread held up: p99, at most', `${ms(blocked.p99Ms)}, ${ms(blocked.maxMs)}`],
    ['main thread, processor time for a report', ms(mainMs / (load.accepted + load.held))],
    ['disk, log included', mb(diskBytes)],
    ['`federation status` afterwards', `${statusS.toFixed(2)} s`],
    ['`federation effect exclude` of one', `${effectS.toFixed(1)} s`],
  ])}`,
);
process.exit(0);
