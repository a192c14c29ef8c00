import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ManualClock } from '../../src/clock/clock.js';
import { DAY_MS } from '../../src/clock/day.js';
import { loadConfig } from '../../src/config/load-config.js';
import { StoredAccessKeys } from '../../src/http/access-keys.js';
import { LocalSockets } from '../../src/http/local-requests.js';
import { ClockAgreement } from '../../src/keys/clock-agreement.js';
import { KeyHolder } from '../../src/keys/key-holder.js';
import { createApp } from '../../src/node.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { MemoryBackups } from '../../src/storage/memory/memory-backups.js';
import { MemoryCountStore } from '../../src/storage/memory/memory-count-store.js';
import { MemoryRecords } from '../../src/storage/memory/memory-records.js';

const headers = { authorization: 'Bearer hc_admin_for-these-tests-only' };

let app: NestFastifyApplication;
let clock: ManualClock;

async function start(settings: Record<string, string> = {}): Promise<void> {
  const config = loadConfig({ HEADCOUNT_ADMIN_KEY: 'hc_admin_for-these-tests-only', ...settings });
  const file = { read: async () => null, replace: async () => undefined };
  const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
  const records = new MemoryRecords();
  app = await createApp({
    ...{ config, clock, records, counts: new MemoryCountStore(clock), nodeKey: NodeKey.generate() },
    keys: await KeyHolder.open({ file, clock, random, scheme: 'ip-ua/1', blind: false }),
    agreement: new ClockAgreement(clock, () => 0, false),
    accessKeys: new StoredAccessKeys(records.accessKeys, clock, config),
    localRequests: new LocalSockets(),
    ...{ backups: new MemoryBackups(), restart: () => undefined },
    exchanges: false,
  });
}

beforeEach(() => {
  clock = new ManualClock(Date.parse('2026-11-22T14:00:00Z'));
});
afterEach(() => app.close());

async function report(instanceId: string, count: number): Promise<void> {
  const url = '/api/stats/report-users';
  const answer = await app.inject({ method: 'POST', url, payload: { count, instanceId } });
  expect(answer.json()).toEqual({ success: true });
}

async function read(url: string) {
  clock.advance(1001);
  return (await app.inject({ url, headers })).json();
}

describe('plain counts of the earlier system', () => {
  it('wait for an administrator, and are then in the sum, in a row of their own and never in the people', async () => {
    await start();
    await report('old-instance', 500);
    expect(await read('/v1/counts')).toMatchObject({ sum: 0, unverified: 0 });
    expect(await read('/v1/admin/legacy')).toMatchObject({
      instances: [{ instance: 'old-instance', listed: false }],
    });
    const shown = await app.inject({ method: 'POST', url: '/v1/admin/legacy/old-instance/list', headers });
    expect(shown.json()).toMatchObject({ instance: 'old-instance', count: 500, listed: true });
    expect(await read('/v1/counts')).toMatchObject({
      sum: 500,
      unverified: 500,
      uniques: { estimate: 0, high: 0 },
    });
    expect(await read('/v1/counts?scope=local')).toMatchObject({ sum: 0, unverified: 0 });
    expect(await read('/v1/instances')).toMatchObject({
      instances: [],
      unverified: [{ instance: 'old-instance', count: 500, stale: false }],
    });
    await report('old-instance', 700);
    expect(await read('/v1/counts')).toMatchObject({ sum: 700 });
    await app.inject({ method: 'DELETE', url: '/v1/admin/legacy/old-instance/list', headers });
    expect(await read('/v1/counts')).toMatchObject({ sum: 0 });
  });

  it('leave the sum after two days of silence, and are shown as stale', async () => {
    await start({ HEADCOUNT_LEGACY_REPORTS: 'open' });
    await report('old-instance', 500);
    expect(await read('/v1/counts')).toMatchObject({ sum: 500 });
    clock.advance(2 * DAY_MS);
    expect(await read('/v1/counts')).toMatchObject({ sum: 0 });
    expect(await read('/v1/instances')).toMatchObject({ unverified: [{ stale: true }] });
  });

  it('are shown by administrators alone, and only where there are any', async () => {
    await start();
    expect((await app.inject({ url: '/v1/admin/legacy' })).statusCode).toBe(401);
    const unknown = await app.inject({ method: 'POST', url: '/v1/admin/legacy/nobody/list', headers });
    expect(unknown.statusCode).toBe(404);
  });
});
