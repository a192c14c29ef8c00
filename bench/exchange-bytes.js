// Bytes of bodies between a member and its hub, both real cores: hours of a day with reports every 15 minutes, and a
// round in which nothing is new.
//
//   npm run bench:bytes [-- --people 100000]
import { register } from 'node:module';
import { parseArgs } from 'node:util';
import { median, table, whole } from './figures.js';

const { values } = parseArgs({ options: { people: { type: 'string', default: '100000' } } });

register('../test/simulation/load-typescript.js', import.meta.url);
const { exchangeBytes } = await import('../test/simulation/exchange-bytes.ts');
const { hours, idleRound } = await exchangeBytes(Number(values.people));
console.log(
  table([
    [`a member with ${whole(Number(values.people))} people a day`, 'bytes of bodies'],
    ['an hour, median', whole(median(hours))],
    ['an hour, most', whole(Math.max(...hours))],
    ['a round in step', whole(idleRound)],
  ]),
);
