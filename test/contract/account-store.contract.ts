import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/storage/account-store.js';
import type { Records } from '../../src/storage/records.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

function accountOf(id: string, nameKey: string, createdAtMs = 1): Account {
  return {
    ...{ id, name: nameKey.toUpperCase(), nameKey, role: 'viewer', createdAtMs },
    ...{ passwordHash: null, passwordSetAtMs: null, secondFactor: null, link: null },
  };
}

export function accountStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`AccountStore contract: ${name}`, () => {
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
      expect(await records.accounts.find('a')).toBeNull();
      expect(await records.accounts.findByName('anna')).toBeNull();
      expect(await records.accounts.list()).toEqual([]);
      await records.accounts.remove('a');
    });

    it('finds by id and by the whole name, and lists the oldest first', async () => {
      await records.accounts.add(accountOf('z', 'anna', 1));
      await records.accounts.add(accountOf('a', 'bob', 2));
      expect(await records.accounts.find('z')).toEqual(accountOf('z', 'anna', 1));
      expect(await records.accounts.findByName('anna')).toEqual(accountOf('z', 'anna', 1));
      expect(await records.accounts.findByName('ann')).toBeNull();
      expect(await records.accounts.findByName('%')).toBeNull();
      expect((await records.accounts.list()).map(({ id }) => id)).toEqual(['z', 'a']);
    });

    it('gives a name to one account only', async () => {
      const [first, second] = await Promise.all([
        records.accounts.add(accountOf('a', 'anna')),
        records.accounts.add(accountOf('b', 'anna')),
      ]);
      expect([first, second].sort()).toEqual([false, true]);
      expect(await records.accounts.add(accountOf('a', 'carl'))).toBe(false);
      expect(await records.accounts.list()).toHaveLength(1);
    });

    it('changes an account in one step: of two that take the same code one fails', async () => {
      await records.accounts.add({
        ...accountOf('a', 'anna'),
        secondFactor: { secret: 'ABC', lastStep: 1, recoveryHashes: [] },
      });
      const take = (step: number) =>
        records.accounts.change('a', (account) => {
          const { secondFactor } = account;
          if (!secondFactor || secondFactor.lastStep >= step) return null;
          return { ...account, secondFactor: { ...secondFactor, lastStep: step } };
        });
      const taken = await Promise.all([take(2), take(2), take(2)]);
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await records.accounts.find('a'))?.secondFactor?.lastStep).toBe(2);
    });

    it('changes nothing of what is unknown, or when the edit says so', async () => {
      await records.accounts.add(accountOf('a', 'anna'));
      expect(await records.accounts.change('b', (account) => account)).toBeNull();
      expect(await records.accounts.change('a', () => null)).toBeNull();
      expect(await records.accounts.list()).toEqual([accountOf('a', 'anna')]);
    });

    it('gives the same after a restart, and forgets what is removed', async () => {
      const whole: Account = {
        ...accountOf('a', 'anna'),
        ...{ role: 'administrator', passwordHash: '$argon2id$…', passwordSetAtMs: 2 },
        secondFactor: { secret: 'ABC', lastStep: 3, recoveryHashes: ['00', 'ff'] },
        link: { hash: 'aa', expiresAtMs: 4 },
      };
      await records.accounts.add(whole);
      if (harness.reopen !== null) records = await harness.reopen(records);
      expect(await records.accounts.list()).toEqual([whole]);
      await records.accounts.change('a', (account) => ({ ...account, secondFactor: null, link: null }));
      expect(await records.accounts.find('a')).toEqual({ ...whole, secondFactor: null, link: null });
      await records.accounts.remove('a');
      expect(await records.accounts.list()).toEqual([]);
    });
  });
}
