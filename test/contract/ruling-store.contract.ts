import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Records } from '../../src/storage/records.js';
import type { Ruling } from '../../src/storage/ruling-store.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

const ruling = (origin: string, day: string | null, parts: Partial<Ruling> = {}): Ruling => ({
  ...{ origin, day, verdict: 'exclude', by: 'administrator', why: 'crafted', atMs: 2 ** 53 - 1 },
  ...parts,
});

export function rulingStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`RulingStore contract: ${name}`, () => {
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

    it('lists rulings by origin, the one about all days first, and takes one for each', async () => {
      const { rulings } = records;
      expect(await rulings.rulings()).toEqual([]);
      await rulings.put(ruling('lisbon', null));
      await rulings.put(ruling('berlin', '2026-11-22'));
      await rulings.put(ruling('berlin', null, { verdict: 'hold' }));
      await rulings.put(ruling('berlin', '2026-11-22', { why: 'looked at again' }));
      expect(await rulings.rulings()).toEqual([
        ruling('berlin', null, { verdict: 'hold' }),
        ruling('berlin', '2026-11-22', { why: 'looked at again' }),
        ruling('lisbon', null),
      ]);
    });

    it('removes the one that is named and no other', async () => {
      const { rulings } = records;
      await rulings.put(ruling('berlin', null));
      await rulings.put(ruling('berlin', '2026-11-22'));
      expect(await rulings.remove('berlin', null)).toBe(true);
      expect(await rulings.remove('berlin', null)).toBe(false);
      expect(await rulings.rulings()).toEqual([ruling('berlin', '2026-11-22')]);
    });

    it('gives the same after a restart', async () => {
      if (harness.reopen === null) return;
      await records.rulings.put(ruling('berlin', null));
      records = await harness.reopen(records);
      expect(await records.rulings.rulings()).toEqual([ruling('berlin', null)]);
    });
  });
}
