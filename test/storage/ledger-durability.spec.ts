import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RelationalRecords } from '../../src/storage/relational/relational-records.js';
import { originOf } from '../contract/ledger-fixtures.js';
import { temporaryFolder } from '../contract/records-harness.js';
import { ChildScript } from '../support/child-script.js';
import { compileSources } from '../support/compiled-sources.js';

const DAY = '2026-11-22';
const ROOT = resolve(import.meta.dirname, '../..');
const PORTS = [
  'audit-chain',
  'count-store',
  'data-directory-errors',
  'error-code',
  'json-text',
  'ledger-slots',
];

async function relationalSources(): Promise<string[]> {
  const found = await readdir(join(ROOT, 'src/storage/relational'), { recursive: true });
  const adapters = found.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  return [
    ...adapters.map((name) => `src/storage/relational/${name}`),
    ...PORTS.map((name) => `src/storage/${name}.ts`),
    'test/contract/ledger-fixtures.ts',
  ];
}

/** As a hub does: stores newer and newer reports of eight origins at the same time, and says which were acknowledged. */
const STORE_FOREVER = (path: string) => `
  import { RelationalRecords } from './src/storage/relational/relational-records.js';
  import { decisionOn, delivered, ledgerReport, originOf, sketchOf } from './test/contract/ledger-fixtures.js';
  const { ledger } = await RelationalRecords.open(${JSON.stringify(path)}, { isBusy: true });
  await Promise.all(Array.from({ length: 8 }, async (_, origin) => {
    for (let seq = 1; ; seq += 1) {
      const sketch = sketchOf(origin + '/' + seq, 2_000);
      const report = ledgerReport({ origin: originOf('o' + origin), day: '${DAY}', seq, sketches: [sketch] });
      await ledger.store(report, delivered(sketch), decisionOn(report, seq % 3 === 0 ? 'hold' : 'count'));
      console.log(origin + ' ' + seq);
    }
  }));`;

describe('the ledger and kill -9', () => {
  let sources: Awaited<ReturnType<typeof compileSources>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    sources = await compileSources(await relationalSources());
  });

  afterAll(() => sources.remove());

  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  afterEach(() => folder.remove());

  it('keeps every report that was acknowledged, whole, with its sketches', async () => {
    const path = join(folder.path, 'records.sqlite');
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 3; round += 1) {
      const child = new ChildScript(sources.path, STORE_FOREVER(path));
      for (let line = 0; line < 300 + 37 * round; line += 1) {
        const [origin, seq] = ((await child.nextLine()) ?? '').split(' ');
        const name = originOf(`o${origin}`);
        acknowledged.set(name, Math.max(acknowledged.get(name) ?? 0, Number(seq)));
      }
      await child.kill();
      const records = await RelationalRecords.open(path);
      const slots = await records.ledger.slots(DAY, DAY);
      expect(slots).toHaveLength(8);
      for (const { accepted, counted } of slots) {
        expect(accepted.seq).toBeGreaterThanOrEqual(acknowledged.get(accepted.origin)!);
        for (const report of counted === null ? [accepted] : [accepted, counted])
          for (const digest of Object.values(report.report.sketches))
            expect(await records.ledger.sketch(digest)).toHaveLength(2_000);
      }
      await records.close();
    }
  });
});
