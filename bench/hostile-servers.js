// A program of its own, for the core of the load: servers that stand where a node expects its peers, until it is ended.
// Every other one is hostile at once; the others show a card and let the node in, and are hostile from then on. The node
// is told to call them all again as soon as it is done with them. Then it prints how many servers there were, how many
// connections they took, and how long one of them lasted at most.
//
//   node bench/hostile-servers.js <url of the node> <its admin key> <port>,<port>…
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { signCard } from '../dist/protocol/card.js';
import { NodeKey } from '../dist/protocol/node-key.js';
import { Connections } from './hostile-connections.js';

const DRIP_MS = 1000;
const AGAIN_MS = 100;
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const BOMB = gzipSync(Buffer.alloc(64 * 2 ** 20));

const WAYS = [
  function bomb(socket) {
    socket.write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: ${BOMB.length}\r\n\r\n`);
    socket.end(BOMB);
  },
  function drip(socket) {
    socket.write(`${HEAD}Content-Length: 10000\r\n\r\n`);
    const timer = setInterval(() => socket.write('a'), DRIP_MS);
    socket.once('close', () => clearInterval(timer));
  },
  function endlessHeaders(socket) {
    socket.write(HEAD);
    const more = () => {
      while (!socket.destroyed && socket.write(`X-One: ${'a'.repeat(1000)}\r\n`));
    };
    socket.on('drain', more);
    more();
  },
  function wrongLength(socket) {
    socket.end(`${HEAD}Content-Length: 1000\r\n\r\n{}`);
  },
  function reset(socket) {
    socket.write(`${HEAD}Content-Length: 1000\r\n\r\n{}`, () => socket.resetAndDestroy());
  },
  function silence() {},
];

const [url, adminKey, list] = process.argv.slice(2);
const ports = list.split(',');
const known = new Connections(ports.length);
await Promise.all(ports.map(listen));
for (;;) {
  await callThem().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}

function listen(port, index) {
  const behave = WAYS[(index >> 1) % WAYS.length];
  const polite = index % 2 === 1 ? politeAnswers(index) : () => undefined;
  const server = createServer((socket) => {
    known.add(socket);
    socket.on('error', () => undefined);
    socket.resume().once('data', (request) => {
      const answer = polite(request.toString('latin1'));
      if (answer === undefined) behave(socket);
      else socket.end(`${HEAD}Content-Length: ${answer.length}\r\n\r\n${answer}`);
    });
  });
  return new Promise((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
}

/** What a peer answers that lets everyone in. */
function politeAnswers(index) {
  const software = { name: 'x', version: '1' };
  const fields = { name: `Server ${index}`, url: null, software, listed: true, counting: true, version: 1 };
  const card = signCard(fields, NodeKey.generate());
  return (request) => {
    if (request.startsWith('GET /.well-known/headcount')) return card;
    if (request.startsWith('POST /federation/v1/join')) return '{"status":"active"}';
    return undefined;
  };
}

function callThem() {
  return fetch(`${url}/v1/admin/exchange`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
  });
}
