// How long a node takes from nothing until it listens, on one core: as the program is shipped, in a few files, and as the
// compiler wrote it, which opens each file of each library. In turns, each time with an empty data directory.
//
//   npm run bench:start [-- --rounds 9]
import { parseArgs } from 'node:util';
import { median, table } from './figures.js';
import { describeMachine } from './machine.js';
import { fileOf } from './processes.js';
import { startHeadcount } from './targets.js';

const PROGRAMS = {
  'dist/program, as shipped': fileOf('../dist/program/main.js'),
  'dist/cli, file by file': fileOf('../dist/cli/main.js'),
};

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
console.log(`${describeMachine()}\n`);
const seconds = new Map(Object.keys(PROGRAMS).map((name) => [name, []]));
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const startMs = performance.now();
    const node = await startHeadcount({ program });
    seconds.get(name).push((performance.now() - startMs) / 1000);
    await node.stop();
  }
}
const rows = [...seconds].map(([name, all]) => [name, median(all).toFixed(2), Math.max(...all).toFixed(2)]);
console.log(table([['', 'listens after s, median', 'most'], ...rows]));
process.exit(0);
