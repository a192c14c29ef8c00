// A program of its own, for the core of the load: sends batches of 500 new visitors over 4 connections, as fast as
// they are taken, and prints how long it took.
//
//   node bench/send-batches.js <url> <first visitor> <batches> [<day> ...]    batches are spread over the days
import { batchOf, batchSender } from './visits.js';

const BATCH_HITS = 500;
const CONNECTIONS = 4;

const [url, first, batches, ...days] = process.argv.slice(2);
let next = 0;

async function sendUntilAllAreSent() {
  const send = batchSender(url, BATCH_HITS);
  while (next < Number(batches)) {
    const batch = next++;
    const day = days[Math.floor((batch * days.length) / Number(batches))];
    const at = day === undefined ? undefined : `${day}T00:00:00Z`;
    await send(batchOf(Number(first) + batch * BATCH_HITS, BATCH_HITS, at));
  }
}

const startedMs = performance.now();
await Promise.all(Array.from({ length: CONNECTIONS }, sendUntilAllAreSent));
console.log(
  `@ ${JSON.stringify({ hits: Number(batches) * BATCH_HITS, seconds: (performance.now() - startedMs) / 1000 })}`,
);
process.exit(0);
