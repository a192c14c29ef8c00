// A hub of a large federation: what its store takes, and how long a full total takes in a thread of its own.
//
//   npm run bench:federation [-- --instances 10000 --runs 3]
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { DAYS, fillHub } from './large-hub.js';
import { describeMachine } from './machine.js';
import { fileOf, temporaryFolder } from './processes.js';

const { values: options } = parseArgs({
  options: { instances: { type: 'string', default: '10000' }, runs: { type: 'string', default: '3' } },
});
const instances = Number(options.instances);

console.log(`${describeMachine()}\n`);
const { hub, federation } = fillHub(temporaryFolder(), instances, (done) =>
  console.log(`${whole(done)} instances are in the store`),
);
const records = join(hub, 'records.sqlite');
const command = [fileOf('rebuild.js'), records, JSON.stringify(federation), String(instances)];
const runs = Array.from({ length: Number(options.runs) }, () =>
  JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' })),
);
const of = (name) => median(runs.map((run) => run[name]));
console.log(
  `\n${table([
    [`${whole(instances)} instances × ${DAYS} days`, 'measured'],
    ['store', `${(statSync(records).size / 1e6).toFixed(0)} MB`],
    ['full total, median', `${of('seconds').toFixed(1)} s`],
    ['main thread held up at most, median', `${of('blockedMs').toFixed(0)} ms`],
    ['memory of the process that asks, median', `${(of('rssBytes') / 1e6).toFixed(0)} MB`],
  ])}`,
);
process.exit(0);
