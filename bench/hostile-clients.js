// A program of its own, for the core of the load: connections that are there to be in the way, kept up until it is ended.
//
//   node bench/hostile-clients.js <url> <way> <connections>
import { connect } from 'node:net';

const BODY_BYTES = 100_000;
const DRIP_MS = 1000;
/** One connection asks so often at once. */
const ANSWERS = 2;
const READS_LITTLE = ['unread', 'sips'];
/** Two thousand a second, evenly: a crowd does not come all at once. */
const OPENING_MAX = 20;
const REFILL_MS = 10;

const [url, way, connections] = process.argv.slice(2);
const { hostname, port } = new URL(url);

const HEAD = `POST /v1/hits HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n`;
const ways = {
  idle: () => undefined,
  headers: (socket) => drip(socket, HEAD, 'X-Slow: a\r\n'),
  body: (socket) => drip(socket, `${HEAD}Content-Length: ${BODY_BYTES}\r\n\r\n`, 'a'),
  unsigned: (socket) =>
    drip(
      socket,
      `POST /federation/v1/reports HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`,
      'a',
    ),
  // Asks for what fills the buffers of both kernels, and reads nothing, or a byte a second.
  unread: (socket) => ask(socket.pause()),
  sips: (socket) => sip(ask(socket.pause())),
};
const behave = ways[way];

/** What is not read fills the buffers of two kernels: a tenth of the connections is a gigabyte. */
const places = Number(connections) / (READS_LITTLE.includes(way) ? 10 : 1);

let opening = 0;
let open = 0;
function refill() {
  while (open + opening < places && opening < OPENING_MAX) openOne();
}

function openOne() {
  opening += 1;
  let isOpen = false;
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  if (!READS_LITTLE.includes(way)) socket.on('data', () => undefined);
  socket.once('connect', () => {
    isOpen = true;
    opening -= 1;
    open += 1;
    behave(socket);
  });
  socket.once('close', () => {
    if (isOpen) open -= 1;
    else opening -= 1;
  });
}

function ask(socket) {
  socket.write(`GET /openapi.json HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(ANSWERS));
  return socket;
}

function sip(socket) {
  const timer = setInterval(() => socket.read(1), DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

function drip(socket, start, part) {
  socket.write(start);
  const timer = setInterval(() => socket.write(part), DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

// Whoever is thrown out comes again, as fast as a crowd of a few machines would.
setInterval(refill, REFILL_MS);
refill();
