import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccessKey } from '../../src/storage/access-key-store.js';
import type { Records } from '../../src/storage/records.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

function keyOf(hash: string, createdAtMs: number): AccessKey {
  return { hash, kind: 'write', name: null, createdAtMs, expiresAtMs: null, lastUsedAtMs: null };
}

export function accessKeyStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`AccessKeyStore contract: ${name}`, () => {
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

    it('finds nothing at first', async () => {
      expect(await records.accessKeys.find('00')).toBeNull();
      expect(await records.accessKeys.list()).toEqual([]);
      await records.accessKeys.remove('00');
    });

    it('finds a key by its whole hash, and by nothing less', async () => {
      await records.accessKeys.put(keyOf('abcd', 1));
      expect(await records.accessKeys.find('abcd')).toEqual(keyOf('abcd', 1));
      expect(await records.accessKeys.find('abc')).toBeNull();
      expect(await records.accessKeys.find('ABCD')).toBeNull();
      expect(await records.accessKeys.find('%')).toBeNull();
    });

    it('lists the oldest first, and those of one moment by hash', async () => {
      const keys = [keyOf('c', 3), keyOf('z', 1), keyOf('b', 2), keyOf('a', 2)];
      for (const key of keys) await records.accessKeys.put(key);
      expect((await records.accessKeys.list()).map(({ hash }) => hash)).toEqual(['z', 'a', 'b', 'c']);
    });

    it('replaces a key and forgets one', async () => {
      await records.accessKeys.put(keyOf('a', 1));
      const used: AccessKey = {
        ...keyOf('a', 1),
        kind: 'admin',
        name: 'CI',
        expiresAtMs: 10,
        lastUsedAtMs: 9,
      };
      await records.accessKeys.put(used);
      await records.accessKeys.put(keyOf('b', 2));
      expect(await records.accessKeys.list()).toEqual([used, keyOf('b', 2)]);
      await records.accessKeys.remove('a');
      expect(await records.accessKeys.list()).toEqual([keyOf('b', 2)]);
    });

    it('gives the same after a restart', async () => {
      if (harness.reopen === null) return;
      await records.accessKeys.put(keyOf('a', 1));
      records = await harness.reopen(records);
      expect(await records.accessKeys.list()).toEqual([keyOf('a', 1)]);
    });
  });
}
