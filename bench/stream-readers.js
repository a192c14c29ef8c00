// A program of its own, for the core of the load: follows the stream of counts over many connections until it is ended.
// Prints a line when all have had their first event, and at the end how many events each had.
//
//   node bench/stream-readers.js <url> <readers>
import { connect } from 'node:net';

const CONNECTING_AT_ONCE = 100;

const [url, readers] = process.argv.slice(2);
const { hostname, port } = new URL(url);

const streams = [];
while (streams.length < Number(readers)) {
  const length = Math.min(CONNECTING_AT_ONCE, Number(readers) - streams.length);
  streams.push(...(await Promise.all(Array.from({ length }, openStream))));
}
console.log('following');
process.on('SIGTERM', () => {
  console.log(`@ ${streams.reduce((sum, stream) => sum + stream.events, 0) / streams.length}`);
  process.exit(0);
});

/** Resolves with its first event. */
function openStream() {
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  const stream = { socket, events: 0 };
  socket.write(`GET /v1/stream HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (part) => {
      stream.events += part.split('event: counts').length - 1;
      if (stream.events > 0) resolve(stream);
    });
  });
}
