// What it costs a node to judge one report: two sketches, beside a counted report of the same day with two of its own.
//
//   npm run bench:judging
import { decide } from '../dist/federation/core/judgement/decide.js';
import { defaultThresholds } from '../dist/federation/core/judgement/thresholds.js';
import { packSketch, unpackSketch } from '../dist/protocol/sketch-transfer.js';
import { encodeHyll } from '../dist/sketch/hyll.js';
import { MemoryLedger } from '../dist/storage/memory/memory-ledger.js';
import { compiledModel } from './compiled-model.js';
import { table } from './figures.js';

const load = compiledModel();
const { sketchOf } = await load('attack-run');
const { SeededNumbers } = await load('seeded-numbers');

const DAY = '2026-09-11';
const SIZES = [200, 2000, 20_000, 200_000];
const [RUNS, TIMES] = [9, 200];
/** Whatever is claimed, it is no jump, so that every rule has its turn. */
const THRESHOLDS = { ...defaultThresholds, jumpFloor: Number.POSITIVE_INFINITY };

/** Microseconds of processor time that one takes: the best run, after one to warm up. */
async function cost(work) {
  const runs = [];
  for (let run = 0; run <= RUNS; run++) {
    const before = process.cpuUsage();
    for (let time = 0; time < TIMES; time++) await work();
    const { user, system } = process.cpuUsage(before);
    runs.push((user + system) / TIMES);
  }
  return Math.min(...runs.slice(1));
}

function toldOf(seq, sketches) {
  const uniques = Math.round(sketches[0].estimate());
  const named = sketches.map((sketch, at) => [
    `1f2e3d4c.${41 + at}`,
    `sketch ${seq} ${at}`,
    encodeHyll(sketch),
  ]);
  const report = {
    ...{ v: 1, origin: 'o', day: DAY, seq, closed: false, issuedAt: `${DAY}T12:00:00Z` },
    ...{ hits: uniques * 3, uniques, windows: { '7d': uniques, '30d': uniques, all: uniques } },
    sketches: Object.fromEntries(named.map(([keyName, digest]) => [keyName, digest])),
  };
  const stored = { origin: 'o', day: DAY, seq, reportId: `${seq}`, envelope: '', receivedAtMs: seq, report };
  return { stored, delivered: new Map(named.map(([, digest, bytes]) => [digest, bytes])) };
}

async function judging(people) {
  const random = new SeededNumbers(people);
  const earlier = [sketchOf(people * 0.9, random), sketchOf(people * 0.9, random)];
  const later = earlier.map((sketch) => sketch.clone());
  for (const sketch of later) random.people(people / 10, sketch);
  const [first, second] = [toldOf(1, earlier), toldOf(2, later)];
  const ledger = new MemoryLedger();
  const judged = (told, counted) => ({ report: told.stored, delivered: told.delivered, counted });
  await ledger.store(first.stored, first.delivered, await decide(judged(first, null), ledger, THRESHOLDS));
  const { verdict } = await decide(judged(second, first.stored), ledger, THRESHOLDS);
  if (verdict !== 'count') throw new Error(`an honest report of ${people} people is held`);
  const packed = packSketch(second.delivered.values().next().value);
  return [
    await cost(() => decide(judged(second, first.stored), ledger, THRESHOLDS)),
    await cost(() => unpackSketch(packed)),
  ];
}

const rows = [['people a day', 'judging a report', 'unpacking a sketch']];
for (const people of SIZES) {
  const costs = await judging(people);
  rows.push([people.toLocaleString('en-US'), ...costs.map((micros) => `${micros.toFixed(0)} µs`)]);
}
console.log(table(rows));
