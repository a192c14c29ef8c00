// What open streams of counts cost: memory, and how much longer visits wait while 2,000 readers follow them. Rounds
// with and without readers alternate on one node.
//
//   npm run bench:stream [-- --readers 2000 --rate 500 --seconds 10 --rounds 3]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import { aside, fileOf, LOAD_CORE, run, stop, untilItPrints } from './processes.js';
import { startHeadcount } from './targets.js';

/** Nobody comes twice, so that there is always something to send. */
const VISITORS_A_ROUND = 1_000_000;
let firstVisitor = 1;

const { values: options } = parseArgs({
  options: {
    readers: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
  },
});
const readers = Number(options.readers);

console.log(`${describeMachine()}\n`);
const node = await startHeadcount();
await waits();
const without = [];
const withReaders = [];
const memoryMb = [];
const events = [];
for (let round = 0; round < Number(options.rounds); round++) {
  without.push(await waits());
  const before = residentMb();
  const following = aside([process.execPath, fileOf('stream-readers.js'), node.url, options.readers]);
  await untilItPrints('following', following);
  withReaders.push(await waits());
  memoryMb.push(residentMb() - before);
  await stop(following);
  events.push(Number(/^@ (.*)$/m.exec(following.output())[1]));
}
await node.stop();

const p99 = (rounds) => median(rounds.map((round) => round.p99Ms));
const p50 = (rounds) => median(rounds.map((round) => round.p50Ms));
console.log(
  table([
    ['', 'no readers', `${whole(readers)} readers`],
    [
      'hits/s, answered',
      ...[without, withReaders].map((rounds) => whole(median(rounds.map((r) => r.perSecond)))),
    ],
    ['hits: p50 ms', p50(without).toFixed(2), p50(withReaders).toFixed(2)],
    ['hits: p99 ms', p99(without).toFixed(2), p99(withReaders).toFixed(2)],
    ['p99, ratio', '1', (p99(withReaders) / p99(without)).toFixed(2)],
    ['more memory, MB (first round)', '', whole(memoryMb[0])],
    ['events that each reader got', '', whole(median(events))],
  ]),
);
process.exit(0);

async function waits() {
  const command = [
    process.execPath,
    fileOf('steady-hits.js'),
    node.url,
    options.rate,
    options.seconds,
    `${firstVisitor}`,
  ];
  firstVisitor += VISITORS_A_ROUND;
  const output = await run(LOAD_CORE, command, (Number(options.seconds) + 30) * 1000);
  return JSON.parse(/^@ (.*)$/m.exec(output)[1]);
}

function residentMb() {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8'))[1]) / 1024;
}
