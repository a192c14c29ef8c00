// A hub with a past: 400 days of its own visitors and 31 of some thirty instances, of which one is stale, one had its
// day held back, one is excluded, and two ask to be let in. The same figures every time, but for the dates.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import {
  insertReport,
  keyNamesOf,
  keyOf,
  makeReport,
  randomFrom,
  randomSketch,
  statements,
} from '../bench/large-hub.js';
import { systemClock } from '../dist/clock/clock.js';
import { addDays, dayOf, HOUR_MS, hourOf } from '../dist/clock/day.js';
import { loadConfig } from '../dist/config/load-config.js';
import { startNode } from '../dist/node.js';
import { signCard } from '../dist/protocol/card.js';
import { ALL_TIME, daySketchName, hourSketchName } from '../dist/storage/count-store.js';
import { openStores } from '../dist/storage/open-stores.js';

const ADMIN_KEY = 'hc_admin_for-the-pictures';
const WRITE_KEY = 'hc_write_for-the-pictures';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const NOW = 37;
const DAYS = 400;
const REPORTED_DAYS = 31;
const STALE = 5;
const HELD = 3;
const WAITING = 2;
const NAMES = [
  'Reading Room',
  'Lighthouse',
  'Northern Archive',
  'Café am Markt',
  'Biblioteca Sur',
  'Atelier du Canal',
  'Kıyı Kütüphanesi',
  '<b>Bold & Sons</b>',
  'Orchard',
  'Mill Lane',
  'Harbour Office with a name that is rather longer than anyone expected of it',
  'Observatory',
];

export function hubEnvironment(folder) {
  return {
    HOST: '127.0.0.1',
    HEADCOUNT_DATA_DIR: folder,
    HEADCOUNT_NAME: 'Central Hub',
    HEADCOUNT_ROLE: 'hub',
    HEADCOUNT_PUBLIC_URL: 'https://hub.example',
    HEADCOUNT_ADMIN_KEY: ADMIN_KEY,
    HEADCOUNT_WRITE_KEY: WRITE_KEY,
  };
}

export function hubSettings(folder, port = 0) {
  return loadConfig({ ...hubEnvironment(folder), PORT: String(port) });
}

/** The total of all that is in the store, at once. */
export async function computeTotal(url) {
  await fetch(`${url}/v1/admin/exchange`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: '{}',
  });
}

/** Some people come right now. */
export async function visitNow(url) {
  const hits = Array.from({ length: NOW }, (_, index) => ({
    address: `10.0.0.${index}`,
    userAgent: FIREFOX,
  }));
  await fetch(`${url}/v1/hits:batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${WRITE_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ hits }),
  });
}

/** Founds a federation in the folder and fills its stores. The node that is started there next shows it all. */
export async function seedHub(folder, instances = 32, days = DAYS) {
  const config = hubSettings(folder);
  const node = await startNode(config, { listens: true, exchanges: false });
  const founded = await fetch(`${node.url}/v1/admin/federation`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Open Reading Rooms' }),
  });
  const federation = await founded.json();
  await node.stop();
  await seedOwnDays(config, federation, days);
  seedInstances(join(folder, 'records.sqlite'), federation, instances);
}

/** A week has its quiet days, a year its quiet months. */
function peopleOn(daysAgo) {
  const weekday = [0, 6].includes(new Date(Date.now() - daysAgo * 86_400_000).getUTCDay()) ? 0.62 : 1;
  return Math.round((1500 + 420 * Math.sin(daysAgo / 58) - daysAgo) * weekday);
}

async function seedOwnDays(config, federation, days) {
  const { counts, close } = await openStores(config, systemClock);
  const today = dayOf(Date.now());
  const everyone = randomSketch(90_000, randomFrom(1));
  const regulars = randomSketch(420, randomFrom(2));
  for (let daysAgo = 0; daysAgo < days; daysAgo++) {
    const day = addDays(today, -daysAgo);
    const people = randomSketch(peopleOn(daysAgo), randomFrom(100 + daysAgo));
    people.merge(regulars);
    for (const keyName of keyNamesOf(federation, day).length > 0
      ? keyNamesOf(federation, day)
      : ['0ld0ld00.1'])
      await counts.mergeSketch(daySketchName(day, keyName), people);
    if (daysAgo > 1) await counts.raiseHits(day, peopleOn(daysAgo) * HITS_EACH);
    if (daysAgo < 30)
      for (const [reason, share] of DROPPED)
        counts.recordDropped(day, reason, Math.round(peopleOn(daysAgo) * share));
  }
  for (let hoursAgo = 0; hoursAgo < 48; hoursAgo++) {
    const hour = hourOf(Date.now() - hoursAgo * HOUR_MS);
    const people = 70 + (hoursAgo % 11) * 6;
    await counts.mergeSketch(hourSketchName(hour), randomSketch(people, randomFrom(900 + hoursAgo)));
    const hits = { day: hour.slice(0, 10), hour, sightings: [] };
    await counts.recordBatch(Array(people * HITS_EACH).fill(hits));
  }
  await counts.mergeSketch(ALL_TIME, everyone);
  await close();
}

const HITS_EACH = 3;

const DROPPED = [
  ['bot', 0.31],
  ['do-not-track', 0.06],
  ['rate-limited', 0.01],
];

function seedInstances(path, federation, instances) {
  const database = new Database(path);
  const insert = statements(database);
  const nowMs = Date.now();
  const today = dayOf(nowMs);
  const shared = randomSketch(1800, randomFrom(7));
  let row = 0;
  database.exec('BEGIN');
  for (let rank = 0; rank < instances + WAITING; rank++) {
    const key = keyOf(rank);
    insert.peer.run(key.nodeId, cardOf(rank, key));
    if (rank >= instances) {
      database
        .prepare("UPDATE peers SET status = 'pending', status_since_ms = ? WHERE node_id = ?")
        .run(nowMs - 3 * HOUR_MS, key.nodeId);
      continue;
    }
    for (let back = REPORTED_DAYS - 1; back >= (rank === STALE ? 3 : 0); back--) {
      const day = addDays(today, -back);
      const random = randomFrom(rank * 100 + back);
      const people = Math.max(
        2,
        Math.round(
          (9000 / (rank + 1)) * (0.7 + 0.3 * Math.sin(rank + back / 4) + 0.2 * ((random() >>> 0) / 2 ** 32)),
        ),
      );
      const issuedMs = Math.min(nowMs - 120_000, Date.parse(`${day}T23:59:00Z`));
      const terms = { key, federation: federation.federation, identity: federation.identity };
      const keyNames = keyNamesOf(federation, day);
      const made = makeReport({
        ...terms,
        day,
        people,
        nowMs: issuedMs,
        keyNames,
        random,
        shared: rank < 6 ? shared : null,
      });
      insertReport(insert, ++row, made);
      if (rank === HELD && back === 1)
        hold(database, insert, ++row, {
          ...terms,
          day,
          keyNames,
          random,
          nowMs: issuedMs + 1000,
          people: people * 40,
        });
    }
  }
  database.exec('COMMIT');
  database.close();
}

function hold(database, insert, row, terms) {
  insertReport(insert, row, makeReport(terms));
  database.prepare('UPDATE reports SET is_counted = 0 WHERE id = ?').run(row);
  database.prepare("UPDATE decisions SET rule = 'jump', verdict = 'hold' WHERE report = ?").run(row);
}

function cardOf(rank, key) {
  const software = { name: 'headcount', version: rank % 4 === 0 ? '0.1.0' : '0.1.1' };
  const name = NAMES[rank] ?? `Instance ${rank}`;
  return signCard({ name, url: null, software, listed: true, counting: true, version: 1 }, key);
}
