import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../clock/clock.js';
import { MemoryAuditLog } from '../../../storage/memory/memory-audit-log.js';
import { MemorySettingsStore } from '../../../storage/memory/memory-settings-store.js';
import type { Alert, AlertName } from './alert.js';
import { AlertBoard } from './alert-board.js';

const alert = (name: AlertName, node: string | null, measured: number | null = null): Alert => ({
  ...{ name, node, other: null, measured, threshold: 1 },
});

let settings: MemorySettingsStore;
let audit: MemoryAuditLog;
let clock: ManualClock;
let board: AlertBoard;
const open = () => AlertBoard.open({ settings, audit, clock });
beforeEach(async () => {
  [settings, audit, clock] = [new MemorySettingsStore(), new MemoryAuditLog(), new ManualClock(1000)];
  board = await open();
});

describe('the alert board', () => {
  it('keeps since when each stands, and tells of each once', async () => {
    const told: string[] = [];
    const stop = board.subscribe((raised) => told.push(...raised.map(({ id }) => id)));
    await board.replace([alert('stale', 'a', 30)]);
    clock.set(5000);
    await board.replace([alert('stale', 'a', 31), alert('clone', null)]);
    expect(board.all().map(({ id, sinceMs, measured }) => [id, sinceMs, measured])).toEqual([
      ['clone', 5000, null],
      ['stale.a', 1000, 31],
    ]);
    stop();
    await board.replace([]);
    await board.replace([alert('stale', 'a')]);
    expect(told).toEqual(['stale.a', 'clone']);
    expect(board.all()).toMatchObject([{ sinceMs: 5000 }]);
  });

  it('survives a restart with what was acknowledged', async () => {
    await board.replace([alert('stale', 'a'), alert('clone', null)]);
    await board.acknowledge('clone', { by: 'me', why: 'a test copy' });
    const again = await open();
    expect(again.all().map(({ id, acknowledged }) => [id, acknowledged?.why])).toEqual([
      ['stale.a', undefined],
      ['clone', 'a test copy'],
    ]);
  });

  it('writes into the audit log who acknowledged what, and knows nothing of what does not stand', async () => {
    await board.replace([alert('near-copy', 'a')]);
    expect(await board.acknowledge('near-copy.b', { by: 'me', why: '' })).toBeNull();
    await board.acknowledge('near-copy.a', { by: 'me', why: 'one site, two names' });
    expect(await audit.newest(5)).toMatchObject([
      {
        action: 'acknowledge',
        by: 'me',
        why: 'one site, two names',
        subject: { alert: 'near-copy', node: 'a' },
      },
    ]);
  });

  it('is seen anew when it comes back', async () => {
    await board.replace([alert('stale', 'a')]);
    await board.acknowledge('stale.a', { by: 'me', why: '' });
    await board.replace([]);
    await board.replace([alert('stale', 'a')]);
    expect(board.all()).toMatchObject([{ acknowledged: null }]);
  });

  it('keeps at most two hundred of one name, and counts all', async () => {
    await board.replace([
      ...Array.from({ length: 3000 }, (_, node) => alert('stale', `n${node}`)),
      alert('clone', null),
    ]);
    expect(board.all()).toHaveLength(201);
    expect(board.counts()).toEqual(
      new Map([
        ['stale', 3000],
        ['clone', 1],
      ]),
    );
  });
});
