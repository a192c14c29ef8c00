// A program of its own, for the core of the load: members of a large hub bring what changed of their days, compare
// digests and ask for the total, as in their rounds, at a fixed rate of reports whether or not the answers keep up.
// Everything is signed before the first is sent.
//
//   node bench/member-rounds.js <url> <records.sqlite> <instances> <reports a second> <seconds>
import { connect } from 'node:net';
import { FEDERATION_TYPE } from '../dist/federation/core/peer-calls.js';
import { signRequest } from '../dist/protocol/http-signature.js';
import { quantile } from './figures.js';
import { BLIND, keyOf, randomFrom } from './large-hub.js';
import { memberReports } from './member-reports.js';

const CONNECTIONS = 64;
const TICK_MS = 2;
/** So many of a hundred pushes bring yesterday's report as well as today's. */
const WITH_YESTERDAY = 10;
/** What passes between the first signature and the first request. */
const SIGNING_MS = 30_000;

const [url, records, instances, rate, seconds] = process.argv.slice(2);
const { hostname, port } = new URL(url);

let nonces = 0;
const rounds = signedRounds();
const outcomes = { accepted: 0, held: 0, other: {} };
const waits = [];
const due = [];
const idle = [];
let finished = 0;

/** A round of one member: three requests, each sent when the one before was answered. */
function signedRounds() {
  const reportsOf = memberReports(records);
  const random = randomFrom(1);
  const startMs = Date.now() + SIGNING_MS;
  const made = [];
  const total = rate * seconds;
  for (let reports = 0, turn = 0; reports < total; turn++) {
    // A step that shares no factor with their number visits all of them before any comes again.
    const rank = (turn * 7919) % instances;
    const sentMs = startMs + (reports / rate) * 1000;
    const count = (random() >>> 0) % 100 < WITH_YESTERDAY ? 2 : 1;
    const push = reportsOf(rank, count, sentMs);
    const digest = Buffer.from(JSON.stringify({ ask: 'root', origin: keyOf(rank).nodeId }));
    made.push({
      reports: count,
      requests: [
        signed(rank, sentMs, 'POST', '/federation/v1/reports', push),
        signed(rank, sentMs, 'POST', '/federation/v1/digest', digest),
        signed(rank, sentMs, 'GET', '/federation/v1/total'),
      ],
    });
    reports += count;
  }
  return made;
}

function signed(rank, nowMs, method, path, body) {
  const content = body ? { body, contentType: FEDERATION_TYPE } : {};
  const nonce = `member-rounds-${String(nonces++).padStart(10, '0')}`;
  const headers = signRequest({ method, url: BLIND.HEADCOUNT_PUBLIC_URL + path, ...content }, keyOf(rank), {
    nowMs,
    nonce,
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (body) lines.push(`content-length: ${body.length}`);
  const head = Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: ${hostname}\r\n${lines.join('\r\n')}\r\n\r\n`,
  );
  return body ? Buffer.concat([head, body]) : head;
}

class Connection {
  parts = [];
  bytes = 0;
  wanted = Number.POSITIVE_INFINITY;

  constructor() {
    this.socket = connect(Number(port), hostname).setNoDelay();
    this.socket.on('data', (part) => this.receive(part));
    this.socket.on('error', (error) => {
      throw error;
    });
  }

  begin(round) {
    this.round = round;
    this.step = 0;
    this.send();
  }

  send() {
    this.sentMs = performance.now();
    this.socket.write(this.round.requests[this.step]);
  }

  receive(part) {
    this.parts.push(part);
    this.bytes += part.length;
    if (this.wanted === Number.POSITIVE_INFINITY) this.wanted = lengthOf(Buffer.concat(this.parts));
    if (this.bytes < this.wanted) return;
    const answer = Buffer.concat(this.parts);
    this.parts = [];
    this.bytes = 0;
    this.wanted = Number.POSITIVE_INFINITY;
    this.answered(answer);
  }

  answered(answer) {
    const status = Number(answer.toString('latin1', 9, 12));
    if (this.step === 0) {
      waits.push(performance.now() - this.sentMs);
      noteOutcomes(status, answer.toString('latin1'));
    } else if (status !== 200 && status !== 304) noteOther(`${status} to request ${this.step + 1}`);
    this.step += 1;
    if (this.step < this.round.requests.length) return this.send();
    finished += 1;
    const next = due.shift();
    if (next) this.begin(next);
    else idle.push(this);
  }
}

/** Infinite while the header is not complete. */
function lengthOf(bytes) {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return Number.POSITIVE_INFINITY;
  const [, length = '0'] = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, headEnd)) ?? [];
  return headEnd + 4 + Number(length);
}

function noteOutcomes(status, text) {
  if (status !== 200) noteOther(`${status} ${/"reason":"([^"]*)"/.exec(text)?.[1] ?? ''}`);
  for (const [, outcome, reason] of text.matchAll(/"outcome":"(\w+)"(?:,"reason":"([^"]*)")?/g)) {
    if (outcome === 'accepted' || outcome === 'held') outcomes[outcome] += 1;
    else noteOther(`${outcome} ${reason ?? ''}`);
  }
}

function noteOther(what) {
  outcomes.other[what] = (outcomes.other[what] ?? 0) + 1;
}

for (let index = 0; index < CONNECTIONS; index++) idle.push(new Connection());
const startMs = performance.now();
const startedMs = Date.now();
console.log(`@ ${JSON.stringify({ startedMs })}`);
let sent = 0;
let begun = 0;
let lateMost = 0;
const timer = setInterval(() => {
  const dueReports = ((performance.now() - startMs) / 1000) * rate;
  while (begun < rounds.length && sent < dueReports) {
    sent += rounds[begun].reports;
    due.push(rounds[begun++]);
  }
  while (due.length > 0 && idle.length > 0) idle.pop().begin(due.shift());
  lateMost = Math.max(lateMost, due.length);
  if (finished < rounds.length) return;
  clearInterval(timer);
  const elapsed = (performance.now() - startMs) / 1000;
  const perSecond = (outcomes.accepted + outcomes.held) / elapsed;
  const [p50Ms, p99Ms] = [quantile(waits, 0.5), quantile(waits, 0.99)];
  const cpu = process.cpuUsage();
  const figures = { startedMs, endedMs: Date.now(), perSecond, pushes: waits.length, p50Ms, p99Ms, lateMost };
  console.log(`@ ${JSON.stringify({ ...figures, ...outcomes, cpuS: (cpu.user + cpu.system) / 1e6 })}`);
  process.exit(0);
}, TICK_MS);
