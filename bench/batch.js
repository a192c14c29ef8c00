// Many hits at once on one core: batches of 500 over HTTP, and an access log.
//
//   npm run bench:batch [-- --rounds 5 --batches 2000 --lines 2000000]
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';
import { describeMachine } from './machine.js';
import { fileOf, LOAD_CORE, run, SERVER_CORE, temporaryFolder } from './processes.js';
import { freshCounts, startHeadcount } from './targets.js';
import { logLineOf } from './visits.js';

const RUN_MS = 600_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    batches: { type: 'string', default: '2000' },
    lines: { type: 'string', default: '2000000' },
  },
});

console.log(`${describeMachine()}\n`);
const batches = await batchesPerSecond(Number(options.rounds), Number(options.batches));
const log = await logLinesPerSecond(Number(options.lines));
console.log(
  table([
    ['', 'hits/s'],
    ['hits:batch, 500 each', whole(batches)],
    ['import-log', whole(log)],
  ]),
);
process.exit(0);

/** The median of rounds, all on one node, so that all but the first find full sketches. */
async function batchesPerSecond(rounds, count) {
  const node = await startHeadcount();
  const figures = [];
  let sent = 0;
  for (let round = 0; round < rounds; round++) {
    const command = [process.execPath, fileOf('send-batches.js'), node.url, String(sent), String(count)];
    const { hits, seconds } = JSON.parse(/^@ (.*)$/m.exec(await run(LOAD_CORE, command, RUN_MS))[1]);
    sent += hits;
    figures.push(hits / seconds);
    console.log(`round ${round + 1} hits:batch: ${whole(hits / seconds)}/s`);
  }
  const { hits, uniques } = await freshCounts(node.url);
  if (hits !== sent) throw new Error(`${sent} hits were acknowledged, ${hits} counted`);
  console.log(`${whole(sent)} hits acknowledged and counted; ${whole(uniques.estimate)} people\n`);
  await node.stop();
  return median(figures);
}

/** Command and node in one process on one core, from its start to its end. */
async function logLinesPerSecond(lines) {
  const folder = temporaryFolder();
  const file = join(folder, 'access.log');
  await writeLog(file, lines);
  const env = { HEADCOUNT_DATA_DIR: join(folder, 'node'), REDIS_URL: '' };
  const command = [process.execPath, fileOf('../dist/program/main.js'), 'import-log', file, '--json'];
  const startedMs = performance.now();
  const imported = JSON.parse(await run(SERVER_CORE, command, RUN_MS, env));
  const seconds = (performance.now() - startedMs) / 1000;
  if (imported.counted !== lines) throw new Error(`not all lines were counted: ${JSON.stringify(imported)}`);
  console.log(`import-log: ${whole(lines)} lines in ${seconds.toFixed(1)} s\n`);
  return lines / seconds;
}

/** The last 30 days, in order, a new visitor in two lines of three. */
async function writeLog(file, lines) {
  const out = createWriteStream(file);
  const startMs = Date.now() - 30 * 86_400_000;
  const stepMs = (30 * 86_400_000) / lines;
  for (let line = 0; line < lines; ) {
    let text = '';
    for (const end = Math.min(lines, line + 1000); line < end; line++) {
      text += logLineOf(Math.floor((line * 2) / 3), logTime(new Date(startMs + line * stepMs)));
    }
    if (!out.write(text)) await new Promise((resolve) => out.once('drain', resolve));
  }
  await new Promise((resolve) => out.end(resolve));
}

function logTime(date) {
  const iso = date.toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[date.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
