// POST /v1/hits under full load, every request a new visitor, beside servers that only answer.
//
//   npm run bench [-- --rounds 5 --seconds 4]
//
// The servers share one core and are loaded in turn by wrk on the other, 50 connections, round after round, so that
// whatever else the machine does falls on all of them; each figure is the median of its rounds. Read the ratios: the
// absolute figures are those of the machine.
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import { fileOf, isInstalled, LOAD_CORE, run } from './processes.js';
import { freshCounts, startHeadcount, startHeadcountOnRedis, startPlain } from './targets.js';

const CONNECTIONS = 50;
const WARM_UP_S = 2;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
  },
});

if (!isInstalled('wrk')) throw new Error('wrk is missing: apt-get install wrk');
console.log(`${describeMachine()}\n`);

const targets = [
  { name: 'bare node:http', ...(await startPlain('bare-server.js')) },
  { name: 'empty Nest + Fastify', ...(await startPlain('empty-nest-server.js')) },
  { name: 'headcount, SQLite', counts: true, ...(await startHeadcount()) },
  { name: 'headcount, Redis', counts: true, ...(await startHeadcountOnRedis()) },
].filter(({ name, skipped }) => {
  if (skipped) console.log(`${name}: left out, ${skipped}\n`);
  return !skipped;
});
for (const target of targets) Object.assign(target, { rounds: [], acknowledged: 0 });

let runs = 0;
for (const target of targets) await load(target, WARM_UP_S);
for (let round = 0; round < Number(options.rounds); round++) {
  for (const target of targets) {
    const result = await load(target, Number(options.seconds));
    target.rounds.push(result);
    process.stdout.write(
      `round ${round + 1} ${target.name}: ${whole(result.perSecond)}/s p99 ${result.p99Ms} ms\n`,
    );
  }
}

console.log(
  `\n${table([['', 'requests/s', '× bare', '× Nest', 'p50 ms', 'p99 ms'], ...targets.map(rowOf)])}\n`,
);
let failed = false;
for (const target of targets.filter(({ counts }) => counts)) await reportLoss(target);
for (const target of targets) await target.stop();
process.exit(failed ? 1 : 0);

async function load(target, seconds) {
  const command = [
    'wrk',
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    fileOf('new-visitor.lua'),
  ];
  const output = await run(LOAD_CORE, [...command, target.url, '--', String(runs++)], (seconds + 30) * 1000);
  const result = JSON.parse(/^@ (.*)$/m.exec(output)?.[1] ?? 'null');
  if (result.refused + result.broken > 0) throw new Error(`${target.name} refused hits:\n${output}`);
  target.acknowledged += result.requests;
  return { ...result, perSecond: result.requests / result.seconds };
}

function middleOf(target, name) {
  return median(target.rounds.map((round) => round[name]));
}

function rowOf(target) {
  const perSecond = middleOf(target, 'perSecond');
  const ratios = [0, 1].map((base) => perSecond / middleOf(targets[base], 'perSecond'));
  return [
    target.name,
    whole(perSecond),
    ...ratios.map((ratio) => ratio.toFixed(2)),
    middleOf(target, 'p50Ms').toFixed(1),
    middleOf(target, 'p99Ms').toFixed(1),
  ];
}

/** wrk hangs up at the end of a run, so each may leave a hit on every connection that is counted but not answered. */
async function reportLoss({ name, url, acknowledged, rounds }) {
  const { hits, uniques } = await freshCounts(url);
  const inFlightMax = CONNECTIONS * (rounds.length + 1);
  const isRight = hits >= acknowledged && hits <= acknowledged + inFlightMax;
  const error = ((100 * (uniques.estimate - hits)) / hits).toFixed(2);
  console.log(
    `${name}: ${whole(acknowledged)} hits acknowledged, ${whole(hits)} counted (up to ${inFlightMax} were in flight), ` +
      `${isRight ? 'none lost' : 'NOT WHAT WAS ACKNOWLEDGED'}; ${whole(uniques.estimate)} people (${error} %)`,
  );
  if (!isRight) failed = true;
}
