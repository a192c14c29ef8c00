// The next reports of a large hub's members: a few more people than those that stand in its store.
import Database from 'better-sqlite3';
import { addDays, dayOf, isoSeconds } from '../dist/clock/day.js';
import { signEnvelope } from '../dist/protocol/envelope.js';
import { packSketch, sketchDigest } from '../dist/protocol/sketch-transfer.js';
import { decodeHyll, encodeHyll } from '../dist/sketch/hyll.js';
import { asDigestBytes, readStored } from '../dist/storage/relational/sketch-columns.js';
import { keyOf, randomFrom, randomSketch } from './large-hub.js';

/** Of the people of a day, so many are new since its last report. */
const GROWTH = 0.02;
/** The hub takes a report of a day a minute after the last. */
const GAP_MS = 61_000;

/**
 * Answers the body of a push: today's report of an instance, and yesterday's with the next of it.
 * @param records The store, read before and while a hub runs on it.
 */
export function memberReports(records) {
  const database = new Database(records, { readonly: true });
  const standing = database.prepare(
    'SELECT envelope FROM reports WHERE origin = ? AND day = ? ORDER BY seq DESC LIMIT 1',
  );
  const sketch = database.prepare('SELECT bytes FROM sketches WHERE digest = ?').pluck();
  const newest = new Map();

  const newestOf = (origin, day) => {
    const known = newest.get(`${origin} ${day}`);
    if (known) return known;
    const { payload } = JSON.parse(standing.get(origin, day).envelope);
    const report = JSON.parse(Buffer.from(payload, 'base64').toString());
    const sketches = Object.entries(report.sketches).map(([keyName, digest]) => {
      return [keyName, decodeHyll(readStored(sketch.get(asDigestBytes.to(digest))))];
    });
    return { report, sketches };
  };

  return (rank, count, nowMs) => {
    const key = keyOf(rank);
    const random = randomFrom(rank + Math.floor(nowMs));
    const body = { reports: [], sketches: {} };
    for (let back = 0; back < count; back++) {
      const day = addDays(dayOf(nowMs), -back);
      const { report, sketches } = newestOf(key.nodeId, day);
      const next = grown(report, sketches, Math.max(nowMs, Date.parse(report.issuedAt) + GAP_MS), random);
      newest.set(`${key.nodeId} ${day}`, { report: next, sketches });
      body.reports.push(signEnvelope('report', next, key));
      for (const [, one] of sketches) {
        const canonical = encodeHyll(one);
        body.sketches[sketchDigest(canonical)] = Buffer.from(packSketch(canonical)).toString('base64');
      }
    }
    return Buffer.from(JSON.stringify(body));
  };
}

/** Raises the sketches, and answers the report that says so. */
function grown(report, sketches, nowMs, random) {
  const people = Math.max(1, Math.round(report.uniques * GROWTH));
  const named = sketches.map(([keyName, sketch]) => {
    sketch.merge(randomSketch(people, random));
    return [keyName, sketchDigest(encodeHyll(sketch))];
  });
  const uniques = Math.round(sketches[0][1].estimate());
  return {
    ...report,
    ...{ seq: Math.floor(nowMs), issuedAt: isoSeconds(nowMs), hits: uniques * 3, uniques },
    validUntil: isoSeconds(nowMs + (report.closed ? 48 : 6) * 3_600_000),
    sketches: Object.fromEntries(named),
  };
}
