// How many rounds a mesh of real federation cores takes until every node holds what is new, in one process.
//
//   npm run bench:convergence [-- --nodes 1000 --neighbours 20 --origins 20 --offline 0.3 --loss 0.2 --seed 1]
import { register } from 'node:module';
import { parseArgs } from 'node:util';

const number = (value) => ({ type: 'string', default: String(value) });
const { values } = parseArgs({
  options: {
    nodes: number(1000),
    neighbours: number(20),
    origins: number(20),
    offline: number(0.3),
    loss: number(0.2),
    seed: number(1),
    roundsMax: number(60),
  },
});
const mesh = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));

register('../test/simulation/load-typescript.js', import.meta.url);
const { converge } = await import('../test/simulation/convergence.ts');
const informed = await converge(mesh);
const isDone = informed.at(-1) === mesh.nodes;
console.log(JSON.stringify(mesh));
console.log(`nodes that hold all of it, round by round: ${informed.join(' ')}`);
console.log(isDone ? `all after ${informed.length} rounds` : `not all after ${informed.length} rounds`);
process.exit(isDone ? 0 : 1);
