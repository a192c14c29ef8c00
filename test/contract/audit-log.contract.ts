import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstBroken } from '../../src/storage/audit-chain.js';
import type { AuditEvent } from '../../src/storage/audit-log.js';
import type { Records } from '../../src/storage/records.js';
import type { MakeHarness, RecordsHarness } from './records-harness.js';

const event = (action: string): AuditEvent => ({
  ...{ atMs: 2 ** 53 - 1, by: 'administrator', action, why: 'as agreed – ünïcode' },
  subject: { node: 'n', day: null, number: 3 },
});

export function auditLogContract(name: string, makeHarness: MakeHarness): void {
  describe(`AuditLog contract: ${name}`, () => {
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

    it('numbers events and chains each to the one before, also when many come at once', async () => {
      const { audit } = records;
      const appended = await Promise.all(
        Array.from({ length: 20 }, (_, index) => audit.append(event(`${index}`))),
      );
      const entries = await audit.following(0, 100);
      expect(entries.map(({ number }) => number)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
      expect(new Set(entries.map(({ hash }) => hash)).size).toBe(20);
      expect(entries[0]?.previous).toBe('0'.repeat(64));
      for (const [index, entry] of entries.slice(1).entries())
        expect(entry.previous).toBe(entries[index]?.hash);
      for (const entry of appended) expect(entries).toContainEqual(entry);
      expect(entries[0]).toMatchObject(event(entries[0]!.action));
      expect(await firstBroken(audit)).toBeNull();
    });

    it('notes how it ends', async () => {
      const { audit } = records;
      expect(await audit.end()).toEqual({ newest: null, noted: null });
      await audit.append(event('a'));
      const { number, hash } = await audit.append(event('b'));
      const { newest, noted } = await audit.end();
      expect(newest).toMatchObject({ number, hash });
      expect(noted).toMatchObject({ number, hash });
    });

    it('pages from the newest down, and from any number up', async () => {
      const { audit } = records;
      for (const action of ['a', 'b', 'c', 'd']) await audit.append(event(action));
      const actions = (entries: { action: string }[]) => entries.map(({ action }) => action).join('');
      expect(actions(await audit.newest(2))).toBe('dc');
      expect(actions(await audit.newest(2, 3))).toBe('ba');
      expect(actions(await audit.following(1, 2))).toBe('bc');
      expect(await audit.newest(2, 1)).toEqual([]);
    });

    it('goes on with the chain after a restart', async () => {
      if (harness.reopen === null) return;
      await records.audit.append(event('a'));
      records = await harness.reopen(records);
      await records.audit.append(event('b'));
      expect(await firstBroken(records.audit)).toBeNull();
      expect((await records.audit.newest(1))[0]?.number).toBe(2);
    });
  });
}
