import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Records } from '../../src/storage/records.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

export function settingsStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`SettingsStore contract: ${name}`, () => {
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

    it('answers null for what was never put', async () => {
      expect(await records.settings.get('federation')).toBeNull();
      await records.settings.remove('federation');
    });

    it.each([
      { a: [1, 'zwei', null, { deep: true }] },
      'text',
      0,
      false,
      [],
      Number.MAX_SAFE_INTEGER,
      'ü\u0000😀',
    ])('gives %j back', async (value) => {
      await records.settings.put('name', value);
      expect(await records.settings.get('name')).toEqual(value);
    });

    it('replaces and removes', async () => {
      await records.settings.put('a', { old: 1 });
      await records.settings.put('a', { new: 2 });
      await records.settings.put('b', 3);
      expect(await records.settings.get('a')).toEqual({ new: 2 });
      await records.settings.remove('a');
      expect(await records.settings.get('a')).toBeNull();
      expect(await records.settings.get('b')).toBe(3);
    });

    it('does not notice when a caller changes what he gave or got', async () => {
      const value = { list: [1] };
      await records.settings.put('a', value);
      value.list.push(2);
      const got = (await records.settings.get('a')) as typeof value;
      got.list.push(3);
      expect(await records.settings.get('a')).toEqual({ list: [1] });
    });

    it('refuses what JSON cannot say, and keeps what was there', async () => {
      await records.settings.put('a', 1);
      await expect(records.settings.put('a', undefined)).rejects.toThrow(TypeError);
      await expect(records.settings.put('a', () => 1)).rejects.toThrow(TypeError);
      expect(await records.settings.get('a')).toBe(1);
    });

    it('gives the same after a restart', async () => {
      if (harness.reopen === null) return;
      await records.settings.put('a', { kept: true });
      records = await harness.reopen(records);
      expect(await records.settings.get('a')).toEqual({ kept: true });
    });
  });
}
