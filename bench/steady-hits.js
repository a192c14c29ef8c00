// A program of its own, for the core of the load: sends hits at a fixed rate, whether or not the answers keep up
// (as visitors do), over 50 connections, and prints how long the answers took and how many never came.
//
//   node bench/steady-hits.js <url> <hits a second> <seconds> [<number of the first visitor>]
import { connect } from 'node:net';
import { quantile } from './figures.js';
import { addressOf } from './visits.js';

const CONNECTIONS = 50;
const TICK_MS = 1;
const FIRST_VISITOR = 60_000_000;
const BODY = '{"path":"/pricing"}';
const END_OF_ANSWER = '{"counted":true}';

const [url, rate, seconds, first = FIRST_VISITOR] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const waits = [];
let visitor = Number(first);
/** Sent on a connection that was closed before the answer. */
let lost = 0;

/** As a browser does: opened for what it has to say, and anew when it was closed. */
class Connection {
  sentMs = [];
  text = '';
  socket = null;

  /** Pipelined when an answer is late, so that the rate holds. */
  send() {
    this.socket ??= this.open();
    this.sentMs.push(performance.now());
    this.socket.write(
      `POST /v1/hits HTTP/1.1\r\nHost: ${hostname}\r\nUser-Agent: Mozilla/5.0 Firefox/130.0\r\n` +
        `X-Forwarded-For: ${addressOf(visitor++)}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
  }

  open() {
    return connect(Number(port), hostname)
      .setNoDelay()
      .setEncoding('latin1')
      .on('data', (part) => this.receive(part))
      .on('error', () => undefined)
      .on('close', () => {
        lost += this.sentMs.length;
        this.sentMs = [];
        this.text = '';
        this.socket = null;
      });
  }

  receive(part) {
    this.text += part;
    for (let end = this.text.indexOf(END_OF_ANSWER); end !== -1; end = this.text.indexOf(END_OF_ANSWER)) {
      if (!this.text.startsWith('HTTP/1.1 202')) throw new Error(`a hit was answered:\n${this.text}`);
      this.text = this.text.slice(end + END_OF_ANSWER.length);
      waits.push(performance.now() - this.sentMs.shift());
    }
  }
}

const connections = Array.from({ length: CONNECTIONS }, () => new Connection());

const startMs = performance.now();
let sent = 0;
const timer = setInterval(() => {
  const elapsedMs = performance.now() - startMs;
  if (elapsedMs >= Number(seconds) * 1000) return end(elapsedMs);
  for (const due = (elapsedMs / 1000) * Number(rate); sent < due; sent++)
    connections[sent % CONNECTIONS].send();
}, TICK_MS);

function end(elapsedMs) {
  clearInterval(timer);
  const perSecond = (waits.length / elapsedMs) * 1000;
  console.log(
    `@ ${JSON.stringify({ perSecond, p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99), lost })}`,
  );
  process.exit(0);
}
