import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Records } from '../../src/storage/records.js';
import type { Session } from '../../src/storage/session-store.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

function sessionOf(hash: string, accountId: string, lastUsedAtMs = 5): Session {
  return { hash, accountId, createdAtMs: 1, lastUsedAtMs, device: 'Firefox on Linux', network: null };
}

export function sessionStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`SessionStore contract: ${name}`, () => {
    let harness: RecordsHarness;
    let records: Records;
    const hashesOf = async (accountId: string) =>
      (await records.sessions.listOf(accountId)).map(({ hash }) => hash);

    beforeEach(async () => {
      harness = await makeHarness();
      records = await harness.open();
    });

    afterEach(async () => {
      await records.close();
      await harness.dispose();
    });

    it('finds a session by its whole hash, and lists those of an account, newest use first', async () => {
      await records.sessions.add(sessionOf('aa', 'anna', 5));
      await records.sessions.add(sessionOf('bb', 'anna', 9));
      await records.sessions.add(sessionOf('cc', 'bob'));
      expect(await records.sessions.find('aa')).toEqual(sessionOf('aa', 'anna', 5));
      expect(await records.sessions.find('a')).toBeNull();
      expect(await hashesOf('anna')).toEqual(['bb', 'aa']);
      expect(await hashesOf('carl')).toEqual([]);
    });

    it('notes a use, and brings no ended session back by it', async () => {
      await records.sessions.add(sessionOf('aa', 'anna'));
      const use = { lastUsedAtMs: 7, network: '203.0.113.0/24' };
      await records.sessions.touch('aa', use);
      expect(await records.sessions.find('aa')).toEqual({ ...sessionOf('aa', 'anna'), ...use });
      await records.sessions.remove('aa');
      await records.sessions.touch('aa', use);
      expect(await records.sessions.find('aa')).toBeNull();
    });

    it('ends one, all but one, or all of an account', async () => {
      for (const hash of ['aa', 'bb', 'cc']) await records.sessions.add(sessionOf(hash, 'anna'));
      await records.sessions.add(sessionOf('dd', 'bob'));
      await records.sessions.remove('aa');
      await records.sessions.removeOf('anna', 'bb');
      expect(await hashesOf('anna')).toEqual(['bb']);
      await records.sessions.removeOf('anna');
      expect(await hashesOf('anna')).toEqual([]);
      expect(await hashesOf('bob')).toEqual(['dd']);
    });

    it('forgets what began or was used too long ago', async () => {
      await records.sessions.add({ ...sessionOf('old', 'anna', 90), createdAtMs: 9 });
      await records.sessions.add({ ...sessionOf('idle', 'anna', 49), createdAtMs: 20 });
      await records.sessions.add({ ...sessionOf('kept', 'anna', 50), createdAtMs: 10 });
      await records.sessions.prune({ createdAtMs: 10, lastUsedAtMs: 50 });
      expect(await hashesOf('anna')).toEqual(['kept']);
    });
  });
}
