// A program of its own, for the core of the load: connections that are there to be in the way, kept up until it is ended.
// Then it prints how many it kept up, how many it took, and how long one of them lasted at most.
//
//   node bench/hostile-clients.js <url> <way> <connections>
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Connections } from './hostile-connections.js';

const BODY_BYTES = 100_000;
const DRIP_MS = 1000;
const READS_LITTLE = ['unread', 'sips'];
/** Two thousand a second, evenly: a crowd does not come all at once. */
const OPENING_MAX = 20;
const REFILL_MS = 10;

const [url, way, connections] = process.argv.slice(2);
const { hostname, port } = new URL(url);

const HEAD = `POST /v1/hits HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n`;
const REPORTS = `POST /federation/v1/reports HTTP/1.1\r\nHost: ${hostname}\r\n`;
/** Nobody's, so that the framework looks at the request. */
const SIGNED = `${REPORTS}Content-Type: application/vnd.headcount.v1+json\r\nSignature-Input: a=()\r\nSignature: a=:AA==:\r\n`;
/** What fills the buffers of both kernels. */
const MUCH = `GET /openapi.json HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(2);

const LENGTHS = [
  `${HEAD}Content-Length: 1000\r\n\r\n{}`,
  `${HEAD}Content-Length: 2\r\n\r\n{}${'a'.repeat(1000)}`,
  `${HEAD}Content-Length: -1\r\n\r\n{}`,
  `${HEAD}Content-Length: 99999999999999999999\r\n\r\n{}`,
  `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}a`,
  `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n{}\r\n`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n`,
];
/** Packed, a mebibyte is a kibibyte: the first is as large as the body of a hit may be. */
const BOMBS = [bomb(HEAD, 15), bomb(REPORTS, 64), bomb(SIGNED, 64)];

const ways = {
  idle: () => undefined,
  headers: (socket) => drip(socket, HEAD, 'X-Slow: a\r\n'),
  body: (socket) => drip(socket, `${HEAD}Content-Length: ${BODY_BYTES}\r\n\r\n`, 'a'),
  unsigned: (socket) => drip(socket, `${REPORTS}Content-Length: ${BODY_BYTES}\r\n\r\n`, 'a'),
  // Who reads nothing learns that it was thrown out when it writes: an empty line, which asks for nothing.
  unread: (socket) => drip(socket.pause(), MUCH, '\r\n'),
  sips: (socket) => {
    drip(socket.pause(), MUCH, '\r\n');
    sip(socket);
  },
  resets: (socket) => {
    socket.write(`${HEAD}Content-Length: ${BODY_BYTES}\r\n\r\n{"pa`, () => socket.resetAndDestroy());
  },
  lengths: (socket) => socket.write(inTurn(LENGTHS)),
  bombs: (socket) => socket.write(inTurn(BOMBS)),
};
const behave = ways[way];

/** What is not read fills the buffers of two kernels: a tenth of the connections is a gigabyte. */
const places = Number(connections) / (READS_LITTLE.includes(way) ? 10 : 1);
const known = new Connections(places);

let opening = 0;
function refill() {
  while (known.open + opening < places && opening < OPENING_MAX) openOne();
}

function openOne() {
  opening += 1;
  let isOpening = true;
  const opened = () => {
    if (isOpening) opening -= 1;
    isOpening = false;
  };
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  if (!READS_LITTLE.includes(way)) socket.on('data', () => undefined);
  socket.once('connect', () => {
    opened();
    known.add(socket);
    behave(socket);
  });
  socket.once('close', opened);
}

function bomb(head, mebibytes) {
  const body = gzipSync(Buffer.alloc(mebibytes * 2 ** 20));
  const headers = `${head}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(headers), body]);
}

let turn = 0;
function inTurn(requests) {
  return requests[turn++ % requests.length];
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
