import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LegacyReport } from '../../src/storage/legacy-report-store.js';
import type { Records } from '../../src/storage/records.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

function reportOf(instanceId: string, receivedAtMs: number): LegacyReport {
  return { instanceId, count: 7, receivedAtMs, listed: false };
}

export function legacyReportStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`LegacyReportStore contract: ${name}`, () => {
    let harness: RecordsHarness;
    let records: Records;

    beforeEach(async () => {
      harness = await makeHarness();
      records = await harness.open();
    });

    afterEach(async () => {
      await records.close();
      await harness.dispose();
    });

    it('knows nothing at first', async () => {
      expect(await records.legacyReports.find('a')).toBeNull();
      expect(await records.legacyReports.list()).toEqual([]);
      expect(await records.legacyReports.prune(Number.MAX_SAFE_INTEGER)).toBe(0);
    });

    it('keeps one report of an instance, the last', async () => {
      await records.legacyReports.put(reportOf('a', 1));
      const newer = { ...reportOf('a', 2), count: Number.MAX_SAFE_INTEGER, listed: true };
      await records.legacyReports.put(newer);
      expect(await records.legacyReports.find('a')).toEqual(newer);
      expect(await records.legacyReports.list()).toEqual([newer]);
    });

    it('lists by instance id', async () => {
      for (const id of ['b', 'a', 'B']) await records.legacyReports.put(reportOf(id, 1));
      expect((await records.legacyReports.list()).map(({ instanceId }) => instanceId)).toEqual([
        'B',
        'a',
        'b',
      ]);
    });

    it('prunes what was received before, not what was received then', async () => {
      for (const [id, at] of Object.entries({ a: 1, b: 2, c: 3 }))
        await records.legacyReports.put(reportOf(id, at));
      expect(await records.legacyReports.prune(2)).toBe(1);
      expect((await records.legacyReports.list()).map(({ instanceId }) => instanceId)).toEqual(['b', 'c']);
    });

    it('gives the same after a restart', async () => {
      if (harness.reopen === null) return;
      await records.legacyReports.put(reportOf('a', 1));
      records = await harness.reopen(records);
      expect(await records.legacyReports.list()).toEqual([reportOf('a', 1)]);
    });
  });
}
