// What the rules hold of honest and of false reports, and what a lie that they can't see is bounded by.
//
//   npm run bench:attacks [-- --sites 10000 --trials 500]
//
// The sites, their reports and the attacks are in test/attacks; everything follows from seeds.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { compiledModel } from './compiled-model.js';
import { table, whole } from './figures.js';
import { fileOf } from './processes.js';

const { values: options } = parseArgs({
  options: {
    sites: { type: 'string', default: '10000' },
    trials: { type: 'string', default: '500' },
    threads: { type: 'string', default: '1' },
  },
});
const [sites, trials, threads] = [options.sites, options.trials, options.threads].map(Number);
const load = compiledModel();
const { addedUp } = await load('honest-run');
const { falseAlerts } = await load('honest-federation');
const { falseClaims, forgedDays, FALSE_CLAIMS } = await load('attack-run');
const { FAINT_FORGERIES, FORGERIES } = await load('forgeries');
const { REPLAYS, replayed } = await load('replays');
const { COPIES, pairsOf, SHARING_SITES } = await load('copies');
const { SeededNumbers } = await load('seeded-numbers');
const { claimsBelowTheCap, liarsIn } = await load('patient-liars');

const SIZES = [2000, 20_000, 200_000];
const RULES = [
  'more-people-than-hits',
  'jump',
  'late-change',
  'count-off-sketch',
  'register-fell',
  'not-hash-like',
];
const ALERTS = ['marginal-rise', 'newcomers-rise'];
const SITES = 10_000;

const sum = (counts) => [...counts.values()].reduce((all, count) => all + count, 0);
const ofEachSize = (of) => Promise.all(SIZES.map((people) => of(people, new SeededNumbers(people))));

/** Tells more digits where it is nearly nothing or nearly all. */
function percent(share) {
  const digits = share > 0 && share < 0.01 ? 4 : share > 0.99 && share < 1 ? 2 : 0;
  return `${(100 * share).toFixed(digits)} %`;
}

async function honestOutcomes() {
  const outcomes = [];
  const workers = Array.from({ length: threads }, async (_, first) => {
    const worker = new Worker(fileOf('attacks-worker.js'), { workerData: { first, step: threads, sites } });
    worker.on('message', (outcome) => {
      outcomes.push(outcome);
      if (outcomes.length % 500 === 0) process.stderr.write(`${outcomes.length} of ${sites} sites\n`);
    });
    await once(worker, 'exit');
  });
  await Promise.all(workers);
  return addedUp(outcomes);
}

function honestTable({ reports, held, sites: heldSites }) {
  const row = (rule) => {
    const count = held.get(rule) ?? 0;
    return [`\`${rule}\``, whole(count), percent(count / reports), whole(heldSites.get(rule) ?? 0)];
  };
  return table([
    [`of ${whole(reports)} honest reports of ${whole(sites)} sites`, 'held', 'share', 'of sites'],
    ...RULES.map(row),
    ['all rules', whole(sum(held)), percent(sum(held) / reports), ''],
  ]);
}

function alertTable() {
  const rows = [['honest federations', ...ALERTS.flatMap((name) => [`\`${name}\` in`, 'of their days'])]];
  for (const sitesEach of [5, 20, 50, 500, SITES]) {
    const { federations, raised, days } = falseAlerts(sitesEach, SITES, new SeededNumbers(sitesEach));
    const told = ALERTS.flatMap((name) => [
      percent((raised.get(name) ?? 0) / federations),
      percent((days.get(name) ?? 0) / federations / 60),
    ]);
    rows.push([`${whole(federations)} of ${whole(sitesEach)} sites`, ...told]);
  }
  return table(rows);
}

const bySize = (outcomes, of) => {
  const texts = outcomes.map(of);
  return texts.every((text) => text === texts[0]) ? texts[0] : texts.join(', ');
};

function caughtRow(name, outcomes) {
  const rules = new Set(outcomes.flatMap(({ held }) => [...held.keys()]));
  const caught = bySize(outcomes, ({ held, trials: told }) => percent(sum(held) / told));
  return [name, caught, [...rules].map((rule) => `\`${rule}\``).join(', ')];
}

async function forgeryTable() {
  const rows = [['registers', 'claims', 'caught', 'by']];
  for (const forgery of [...FORGERIES, ...FAINT_FORGERIES]) {
    const outcomes = await ofEachSize((people, random) => forgedDays(forgery, people, trials, random));
    const claims = bySize(outcomes, ({ claimed }) => (claimed > 1e6 ? '> 10⁶ ×' : `${claimed.toFixed(2)} ×`));
    const [name, ...caught] = caughtRow(`${forgery.kind}: ${forgery.name}`, outcomes);
    rows.push([name, claims, ...caught]);
  }
  return table(rows);
}

async function claimTable() {
  const rows = [['reports', 'caught', 'by']];
  for (const claim of FALSE_CLAIMS)
    rows.push(
      caughtRow(claim.name, await ofEachSize((people, random) => falseClaims(claim, people, trials, random))),
    );
  for (const replay of REPLAYS) {
    const { answers, changed } = await replayed(replay, trials, new SeededNumbers(1));
    const caught = changed === 0 ? (answers.get(replay.reason) ?? 0) : 0;
    rows.push([`replay: ${replay.name}`, percent(caught / trials), `\`${replay.reason}\``]);
  }
  return table(rows);
}

async function copyTable() {
  const rows = [['two origins', '`near-copy`', 'the two together have']];
  const kinds = [
    ...COPIES.map((pair) => [`copied ${pair.name}`, pair]),
    ...SHARING_SITES.map((pair) => [`honest, ${pair.name} of all people visit both`, pair]),
  ];
  for (const [name, pair] of kinds) {
    const outcomes = await ofEachSize((people, random) => pairsOf(pair, people, trials, random));
    const told = bySize(outcomes, (outcome) => percent(outcome.told / outcome.trials));
    rows.push([name, told, bySize(outcomes, ({ union }) => `${union.toFixed(2)} × the one`)]);
  }
  return table(rows);
}

/** What is not caught: how far it gets in a federation of 50 honest sites of 3,000 people a day. */
async function boundTable() {
  const days = [6, 7, 14, 29, 44, 89];
  const [still, climbing] = [await claimsBelowTheCap(90, false), await claimsBelowTheCap(90, true)];
  const [one, fifty] = [
    { count: 1, areNew: false },
    { count: 50, areNew: true },
  ];
  const federations = [
    ['one old member at 10,000 people a day', one, still],
    ['one old member that climbs as fast as it may', one, climbing],
    ['50 new nodes at 10,000 people a day each', fifty, still],
    ['50 new nodes that climb as fast as they may', fifty, climbing],
  ];
  const rows = [['liars', 'day', 'each claims', "30 days' total", 'without them', 'inflation', 'alerts']];
  for (const [name, liars, claims] of federations)
    for (const told of liarsIn(
      { ...liars, honestSites: 50, honestPeople: 3000 },
      claims,
      days,
      new SeededNumbers(5),
    )) {
      const { day, claimed, honest, total, alerts } = told;
      const inflation = `${(total / honest).toFixed(2)} ×`;
      const figures = [claimed, total, honest].map(whole);
      rows.push([name, String(day + 1), ...figures, inflation, alerts.join(', ')]);
    }
  return table(rows);
}

if (sites > 0) console.log(`${honestTable(await honestOutcomes())}\n\n${alertTable()}\n`);
if (trials > 0)
  for (const attacks of [forgeryTable, claimTable, copyTable]) console.log(`${await attacks()}\n`);
console.log(await boundTable());
