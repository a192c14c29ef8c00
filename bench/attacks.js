// What the rules hold of honest and of false reports, and what a lie that they can't see is bounded by.
//
//   npm run bench:attacks [-- --sites 10000 --trials 500]
//
// The sites, their reports and the attacks are in test/attacks; everything follows from seeds.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { compiledModel } from './compiled-model.js';
import { table, whole } from './figures.js';
import { fileOf } from './processes.js';

const { values: options } = parseArgs({
  options: { sites: { type: 'string', default: '10000' }, trials: { type: 'string', default: '500' } },
});
const [sites, trials] = [Number(options.sites), Number(options.trials)];
const load = compiledModel();
const { addedUp } = await load('honest-run');
const { falseClaims, forgedDays, FALSE_CLAIMS } = await load('attack-run');
const { FORGERIES } = await load('forgeries');
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

async function honestOutcomes() {
  const threads = Math.min(2, availableParallelism());
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

const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 4 : 1)} %`;

function honestTable({ reports, held, sites: heldSites }) {
  const all = [...held.values()].reduce((sum, count) => sum + count, 0);
  const row = (rule) => {
    const count = held.get(rule) ?? 0;
    return [`\`${rule}\``, whole(count), percent(count / reports), whole(heldSites.get(rule) ?? 0)];
  };
  return table([
    [`of ${whole(reports)} honest reports of ${whole(sites)} sites`, 'held', 'share', 'of sites'],
    ...RULES.map(row),
    ['all rules', whole(all), percent(all / reports), ''],
  ]);
}

function caught({ held, trials: told }) {
  const all = [...held.values()].reduce((sum, count) => sum + count, 0);
  const by = [...held.keys()].map((rule) => `\`${rule}\``).join(', ');
  return { share: percent(all / told), by };
}

async function attackTable() {
  const rows = [['attack', 'people a day', 'claims', 'caught', 'by']];
  for (const forgery of FORGERIES)
    for (const people of SIZES) {
      const outcome = await forgedDays(forgery, people, trials, new SeededNumbers(people));
      const { share, by } = caught(outcome);
      const claims = outcome.claimed > 1e6 ? '> 1,000,000 ×' : `${outcome.claimed.toFixed(2)} ×`;
      rows.push([`${forgery.kind}: ${forgery.name}`, whole(people), claims, share, by]);
    }
  for (const claim of FALSE_CLAIMS)
    for (const people of SIZES) {
      const { share, by } = caught(await falseClaims(claim, people, trials, new SeededNumbers(people)));
      rows.push([`claim: ${claim.name}`, whole(people), '', share, by]);
    }
  return table(rows);
}

/** What is not caught: how far it gets in a federation of 50 honest sites of 3,000 people a day. */
async function boundTable() {
  const days = [6, 7, 14, 29, 44];
  const [still, climbing] = [await claimsBelowTheCap(45, false), await claimsBelowTheCap(45, true)];
  const federations = [
    ['one old member at 10,000 people a day', { count: 1, areNew: false }, still],
    ['one old member that climbs as fast as it may', { count: 1, areNew: false }, climbing],
    ['50 new nodes at 10,000 people a day each', { count: 50, areNew: true }, still],
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
      rows.push([
        name,
        String(day + 1),
        whole(claimed),
        whole(total),
        whole(honest),
        inflation,
        alerts.join(', '),
      ]);
    }
  return table(rows);
}

if (sites > 0) console.log(`${honestTable(await honestOutcomes())}\n`);
if (trials > 0) console.log(`${await attackTable()}\n`);
console.log(await boundTable());
