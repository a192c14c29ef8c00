// A hub's data directory as after 31 days of a large federation: real keys, cards, signed reports and sketches, written
// into the store in one go. The sizes of the instances follow Zipf's law.
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { addDays, dayOf, daysFromTo, isoSeconds } from '../dist/clock/day.js';
import { defaultPolicy } from '../dist/federation/core/policy.js';
import { epochsOfDay } from '../dist/identity/epoch-calendar.js';
import { signCard } from '../dist/protocol/card.js';
import { payloadId, signEnvelope } from '../dist/protocol/envelope.js';
import { NodeKey } from '../dist/protocol/node-key.js';
import { REPORT_FORMAT } from '../dist/protocol/report.js';
import { sketchDigest } from '../dist/protocol/sketch-transfer.js';
import { encodeHyll } from '../dist/sketch/hyll.js';
import { REGISTER_COUNT, Sketch } from '../dist/sketch/sketch.js';
import { asDigestBytes, asStored } from '../dist/storage/relational/sketch-columns.js';
import { fileOf } from './processes.js';

export const DAYS = 31;
/** People a day of the largest instance; the one in the middle of ten thousand has 200. */
const LARGEST = 1_000_000;
const PROGRAM = fileOf('../dist/program/main.js');
/** RFC 8410: what stands before the 32 secret bytes of an Ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of an instance, the same in every run and every process. */
export function keyOf(rank) {
  const secret = createHash('sha256').update(`bench/${rank}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  return NodeKey.fromPem(key.export({ type: 'pkcs8', format: 'pem' }));
}

export function peopleOf(rank) {
  return Math.max(1, Math.round(LARGEST / (rank + 1)));
}

/** A sketch of so many random people: drawn one by one, or, of many, register by register from the law. */
export function randomSketch(people, random) {
  const registers = new Uint8Array(REGISTER_COUNT);
  if (people < 20_000) {
    for (let person = 0; person < people; person++) {
      const register = random() >>> 18;
      const bits = random();
      const rank = 32 - Math.clz32(bits & -bits);
      if (rank > registers[register]) registers[register] = rank;
    }
  } else {
    const load = people / REGISTER_COUNT;
    for (let register = 0; register < REGISTER_COUNT; register++) {
      const uniform = ((random() >>> 0) + 0.5) / 2 ** 32;
      registers[register] = Math.max(0, Math.ceil(Math.log2(load / -Math.log(uniform))));
    }
  }
  return new Sketch(registers);
}

/** xorshift32 */
export function randomFrom(seed) {
  let state = 0x9e3779b9 ^ (seed + 1);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** A signed report with its canonical sketches by digest. `shared`: people whom other instances have too. */
export function makeReport({
  key,
  federation,
  identity,
  day,
  people,
  nowMs,
  keyNames,
  random,
  shared = null,
}) {
  const sketches = {};
  const bytes = new Map();
  let uniques = 0;
  for (const keyName of keyNames) {
    const sketch = randomSketch(people, random);
    if (shared) sketch.merge(shared);
    const canonical = encodeHyll(sketch);
    sketches[keyName] = sketchDigest(canonical);
    bytes.set(sketches[keyName], canonical);
    uniques ||= Math.round(sketch.estimate());
  }
  const closed = day < dayOf(nowMs);
  const report = {
    ...{ v: 1, federation, origin: key.nodeId, day, seq: nowMs, issuedAt: isoSeconds(nowMs) },
    validUntil: isoSeconds(nowMs + (closed ? 48 : 6) * 3_600_000),
    ...{ closed, format: REPORT_FORMAT, identity, hits: uniques * 3, uniques },
    windows: { '7d': uniques * 5, '30d': uniques * 15, all: uniques * 30 },
    sketches,
  };
  return { report, envelope: signEnvelope('report', report, key), bytes };
}

/** Founds a federation, gives a hub in `folder` its public line, and fills its store. Answers the federation. */
export function fillHub(folder, instances, progress) {
  const founder = join(folder, 'founder');
  const hub = join(folder, 'hub');
  const headcount = (dataDir, ...args) =>
    execFileSync(process.execPath, [PROGRAM, ...args], {
      env: { PATH: process.env.PATH, HEADCOUNT_DATA_DIR: dataDir, ...(dataDir === hub ? BLIND : {}) },
      encoding: 'utf8',
    });
  headcount(founder, 'federation', 'new', 'Benchmark');
  headcount(hub, 'federation', 'import', headcount(founder, 'federation', 'export', '--public').trim());
  const federation = JSON.parse(headcount(founder, '--json', 'federation'));
  fillStore(join(hub, 'records.sqlite'), federation, instances, progress);
  return { hub, federation };
}

export const BLIND = {
  HEADCOUNT_ROLE: 'hub',
  HEADCOUNT_COUNTING: 'false',
  HEADCOUNT_PUBLIC_URL: 'http://127.0.0.1:3999',
};

function fillStore(path, federation, instances, progress) {
  const database = new Database(path);
  database.pragma('synchronous = OFF');
  const insert = statements(database);
  const nowMs = Date.now();
  const today = dayOf(nowMs);
  let row = 0;
  for (let rank = 0; rank < instances; rank++) {
    database.exec('BEGIN');
    const key = keyOf(rank);
    insert.peer.run(key.nodeId, cardOf(rank, key));
    const random = randomFrom(rank);
    for (let back = DAYS - 1; back >= 0; back--) {
      const day = addDays(today, -back);
      const people = Math.max(1, Math.round(peopleOf(rank) * (0.8 + 0.4 * ((random() >>> 0) / 2 ** 32))));
      const keyNames = keyNamesOf(federation, day).slice(0, back === 0 ? 1 : 2);
      const issuedMs = Math.min(nowMs - 120_000, Date.parse(`${day}T23:59:00Z`));
      const terms = { key, federation: federation.federation, identity: federation.identity };
      const made = makeReport({ ...terms, day, people, nowMs: issuedMs, keyNames, random });
      insertReport(insert, ++row, made);
    }
    database.exec('COMMIT');
    if (rank % 500 === 499) progress(rank + 1);
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

export function insertReport(insert, row, { report, envelope, bytes }) {
  const { payload } = JSON.parse(envelope);
  const id = payloadId(Buffer.from(payload, 'base64'));
  insert.report.run(row, report.origin, report.day, report.seq, id, envelope, report.seq);
  insert.decision.run(row, report.seq);
  for (const [digest, canonical] of bytes) {
    const name = asDigestBytes.to(digest);
    insert.sketch.run(name, asStored.to(canonical));
    insert.mention.run(row, name);
  }
}

export function statements(database) {
  return {
    peer: database.prepare(
      `INSERT INTO peers (node_id, role, status, status_since_ms, pin, card)
       VALUES (?, 'member', 'active', 1700000000000, 'join', ?)`,
    ),
    report: database.prepare(
      `INSERT INTO reports (id, origin, day, seq, report_id, envelope, received_at_ms, is_counted)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1)`,
    ),
    decision: database.prepare(
      `INSERT INTO decisions (report, rule, verdict, decided_by, decided_at_ms)
       VALUES (?, 'accepted', 'count', 'rule', ?)`,
    ),
    sketch: database.prepare('INSERT OR IGNORE INTO sketches (digest, bytes) VALUES (?, ?)'),
    mention: database.prepare('INSERT OR IGNORE INTO sketch_mentions (report, digest) VALUES (?, ?)'),
  };
}

function cardOf(rank, key) {
  const software = { name: 'headcount', version: '0.1.0' };
  return signCard(
    { name: `Instance ${rank}`, url: null, software, listed: true, counting: true, version: 1 },
    key,
  );
}

/** What a hub of so many instances asks of its records. */
export function questionOf(federation, instances) {
  const nowMs = Date.now();
  const today = dayOf(nowMs);
  const days = daysFromTo(addDays(today, 1 - defaultPolicy.ledgerDays), today);
  const roster = Array.from({ length: instances }, (_, rank) => ({
    ...{ nodeId: keyOf(rank).nodeId, name: `Instance ${rank}`, listed: true },
    ...{ status: 'active', statusSinceMs: 0 },
  }));
  const readKeys = Object.fromEntries(days.map((day) => [day, keyNamesOf(federation, day)[0]]));
  return { federation: federation.federation, roster, ruledOut: [], readKeys, policy: defaultPolicy, nowMs };
}

export function keyNamesOf({ dayZero, epochDays, chain }, day) {
  return epochsOfDay({ dayZero, epochDays }, day).map((epoch) => `${chain}.${epoch}`);
}
