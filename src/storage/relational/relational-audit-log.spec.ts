import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { firstBroken } from '../audit-chain.js';
import { RelationalRecords } from './relational-records.js';

describe('an audit log in a file that others can write', () => {
  let folder: string;
  let records: RelationalRecords;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-'));
    records = await open();
    for (const action of ['a', 'b', 'c']) await append(action);
  });

  afterEach(async () => {
    await records.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = () => RelationalRecords.open(join(folder, 'records.sqlite'));
  const append = (action: string) => records.audit.append({ atMs: 1, by: 'x', action, subject: {}, why: '' });

  /** As another program would, while the node is stopped. */
  async function elsewhere(statements: string): Promise<void> {
    await records.close();
    const file = new Database(join(folder, 'records.sqlite'));
    file.exec(statements);
    file.close();
    records = await open();
  }

  it('shows that its newest entries were deleted, and does not hide it by going on', async () => {
    await elsewhere('DELETE FROM audit_log WHERE number > 1');
    expect(await firstBroken(records.audit)).toBe(2);
    expect((await append('d')).number).toBe(4);
    expect(await firstBroken(records.audit)).toBe(2);
  });

  it('shows that all of it was deleted', async () => {
    await elsewhere('DELETE FROM audit_log');
    expect(await firstBroken(records.audit)).toBe(1);
  });

  it('notes the newest entry of a log of before', async () => {
    await elsewhere(`
      DELETE FROM settings;
      DELETE FROM migrations WHERE name LIKE 'NoteNewestAuditEntry%'`);
    expect(await firstBroken(records.audit)).toBeNull();
    await elsewhere('DELETE FROM audit_log WHERE number = 3');
    expect(await firstBroken(records.audit)).toBe(3);
  });
});
