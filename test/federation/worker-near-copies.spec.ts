import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, daysFromTo, isoSeconds } from '../../src/clock/day.js';
import { type AlertThresholds, defaultAlertThresholds } from '../../src/federation/core/alerts/alert.js';
import { defaultPolicy } from '../../src/federation/core/policy.js';
import type { TotalQuestion } from '../../src/federation/core/total-question.js';
import type * as workerNearCopies from '../../src/federation/worker-near-copies.js';
import type { Report } from '../../src/protocol/report.js';
import { sketchDigest } from '../../src/protocol/sketch-transfer.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import { Sketch } from '../../src/sketch/sketch.js';
import { RelationalRecords } from '../../src/storage/relational/relational-records.js';
import { originOf } from '../contract/ledger-fixtures.js';
import { temporaryFolder } from '../contract/records-harness.js';
import { RandomIds } from '../support/random-sketch.js';

const BUILT = fileURLToPath(new URL('../../dist/federation/worker-near-copies.js', import.meta.url));
const TODAY = '2026-11-22';
const NOW_MS = Date.parse(`${TODAY}T12:00:00Z`);
const KEY = '1f2e3d4c.41';
const ORIGINS = 60;
const DAYS = 3;
/** Who shows whose people, with a few of its own. */
const COPIES = new Map([
  [31, 12],
  [58, 40],
  [55, 20],
]);
const SUSPENDED = 58;
/** Whose ids are of another scheme, so that equal registers say nothing. */
const OTHER_SCHEME = 55;

const nameOf = (index: number) => originOf(`n${String(index).padStart(3, '0')}`);

/** 1,100 to 2,280 people in three days, nobody at two sites; a copy has those of the other and a hundredth more. */
function sketchOf(origin: number, back: number): Sketch {
  const people = (of: number) => 1100 + 20 * of;
  const sketch = new Sketch();
  const copied = COPIES.get(origin) ?? origin;
  new RandomIds(100 * copied + back).add(people(copied) / DAYS, sketch);
  if (copied !== origin) new RandomIds(100 * origin + back).add(people(copied) / (100 * DAYS), sketch);
  return sketch;
}

function reportOf(origin: number, back: number) {
  const sketch = sketchOf(origin, back);
  const bytes = encodeHyll(sketch);
  const digest = sketchDigest(bytes);
  const uniques = Math.round(sketch.estimate());
  const [day, seq] = [addDays(TODAY, -back), NOW_MS - back];
  const report: Report = {
    ...{ v: 1, federation: 'fed', origin: nameOf(origin), day, seq, closed: back > 0 },
    ...{ issuedAt: isoSeconds(NOW_MS), validUntil: isoSeconds(NOW_MS + 1000) },
    ...{ format: 'hyll-p14-m64a', identity: origin === OTHER_SCHEME ? 'cookie/9' : 'ip/1' },
    ...{ hits: 2 * uniques, uniques },
    windows: { '7d': uniques, '30d': uniques, all: uniques },
    sketches: { [KEY]: digest },
  };
  const payload = Buffer.from(JSON.stringify(report)).toString('base64');
  const envelope = JSON.stringify({ payload, payloadType: 'x', signatures: [{ keyid: 'k', sig: 's' }] });
  return { report, envelope, bytes, digest };
}

const roster: TotalQuestion['roster'] = Array.from({ length: ORIGINS }, (_, index) => ({
  ...{ nodeId: nameOf(index), name: `site ${index}`, listed: true, statusSinceMs: 0 },
  status: index === SUSPENDED ? 'suspended' : 'active',
}));
const question: TotalQuestion = {
  ...{ federation: 'fed', identity: 'ip/1', roster, ruledOut: [], policy: defaultPolicy, nowMs: NOW_MS },
  readKeys: Object.fromEntries(daysFromTo(addDays(TODAY, -62), TODAY).map((day) => [day, KEY])),
};
const found = [{ name: 'near-copy', node: nameOf(12), other: nameOf(31), threshold: 0.9 }];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
let records: RelationalRecords;
let WorkerNearCopies: typeof workerNearCopies.WorkerNearCopies;
beforeAll(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, 'records.sqlite');
  records = await RelationalRecords.open(path);
  ({ WorkerNearCopies } = (await import(BUILT)) as typeof workerNearCopies);
  for (let origin = 0; origin < ORIGINS; origin++)
    for (let back = 0; back < DAYS; back++) {
      const { report, envelope, bytes, digest } = reportOf(origin, back);
      const { day, seq } = report;
      const reportId = `${origin}${back}`.padStart(64, '0');
      await records.ledger.store(
        { origin: report.origin, day, seq, reportId, envelope, report, receivedAtMs: NOW_MS },
        new Map([[digest, bytes]]),
        { origin: report.origin, day, seq, rule: 'accepted', verdict: 'count', by: 'rule', atMs: NOW_MS },
      );
    }
});
afterAll(async () => {
  await records.close();
  await folder.remove();
});

/** Whoever asks it searches on this thread. */
const never = {
  slots: () => Promise.reject(new Error('on this thread')),
} as unknown as typeof records.ledger;
const thresholds: AlertThresholds = defaultAlertThresholds;

describe('the search for near copies in a thread of its own', () => {
  it('finds the copy among the sketches of a store, and neither strangers, nor who is suspended or of another scheme', async () => {
    const alerts = await new WorkerNearCopies(path, never).search(question, thresholds);
    expect(alerts).toMatchObject(found);
    expect(alerts[0]!.measured).toBeGreaterThan(0.95);
  });

  it('finds whoever counts: the other copy too, once it is let in', async () => {
    const all = { ...question, roster: roster.map((entry) => ({ ...entry, status: 'active' as const })) };
    const alerts = await new WorkerNearCopies(path, never).search(all, thresholds);
    const pairs = alerts.map(({ node, other }) => [node, other]);
    expect(pairs).toHaveLength(2);
    expect(pairs).toContainEqual([nameOf(40), nameOf(58)]);
  });

  it('answers what the search on this thread answers, which a few instances get', async () => {
    const few = { ...question, roster: roster.slice(10, 35) };
    await expect(new WorkerNearCopies(path, never).search(few, thresholds)).rejects.toThrow('on this thread');
    expect(await new WorkerNearCopies('/nowhere', records.ledger).search(few, thresholds)).toMatchObject(
      found,
    );
  });

  it('says that the store can’t be read', async () => {
    const gone = new WorkerNearCopies(join(folder.path, 'gone'), never);
    await expect(gone.search(question, thresholds)).rejects.toMatchObject({ code: 'SQLITE_CANTOPEN' });
  });
});
