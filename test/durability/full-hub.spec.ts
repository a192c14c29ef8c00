import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dayOf } from '../../src/clock/day.js';
import { loadConfig } from '../../src/config/load-config.js';
import { type RunningNode, startNode } from '../../src/node.js';
import { signCard } from '../../src/protocol/card.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { signRequest } from '../../src/protocol/http-signature.js';
import { NodeKey } from '../../src/protocol/node-key.js';

const BASE = 'http://hub.test';
const ADMIN = 'hc_admin_for-these-tests-only';
const TYPE = 'application/vnd.headcount.v1+json';
const member = NodeKey.generate();

let folder: string;
let hub: RunningNode;
let federation: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headcount-full-hub-'));
});
afterEach(async () => {
  await hub?.stop();
  spawnSync('umount', [folder]);
  await rm(folder, { recursive: true, force: true });
});

const isRoot = process.getuid?.() === 0;
/** Only root can make a disk. */
const onDiskOfOurOwn = isRoot && spawnSync('sh', ['-c', 'command -v mount']).status === 0 ? it : it.skip;

let nonce = 0;
async function call(method: 'GET' | 'POST', path: string, body?: object) {
  const bytes = body && Buffer.from(JSON.stringify(body));
  const headers = signRequest(
    { method, url: `${BASE}/federation/v1/${path}`, ...(bytes && { body: bytes, contentType: TYPE }) },
    member,
    { nowMs: Date.now(), nonce: `full-${nonce++}`.padEnd(24, '-') },
  );
  const answer = await fetch(`${hub.url}/federation/v1/${path}`, {
    method,
    headers,
    ...(bytes && { body: bytes }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function admin(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${hub.url}/v1/admin/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as Record<string, unknown>;
}

const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
function report(back: number): string {
  const nowMs = Date.now();
  return signEnvelope(
    'report',
    {
      ...{ v: 1, federation, origin: member.nodeId, day: dayOf(nowMs - back * 86_400_000), seq: nowMs },
      ...{ issuedAt: instant(nowMs), validUntil: instant(nowMs + 3_600_000), closed: false },
      ...{ format: 'hyll-p14-m64a', identity: 'ip-ua/1', hits: 10, uniques: 4 },
      ...{ windows: { '7d': 4, '30d': 4, all: 4 }, sketches: {} },
    },
    member,
  );
}

const push = (back: number) => call('POST', 'reports', { reports: [report(back)], sketches: {} });

describe('a hub whose disk is full', () => {
  onDiskOfOurOwn(
    'refuses new reports by name, goes on answering totals, and takes reports again when there is room',
    async () => {
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder]);
      expect(mounted.stderr.toString()).toBe('');
      const config = loadConfig({
        ...{ HEADCOUNT_ROLE: 'hub', HEADCOUNT_PUBLIC_URL: BASE, HEADCOUNT_ADMIN_KEY: ADMIN },
        ...{ HEADCOUNT_DATA_DIR: join(folder, 'hub'), PORT: '0', HOST: '127.0.0.1' },
      });
      hub = await startNode(config, { listens: true, exchanges: false });
      federation = `${(await admin('federation', { name: 'Full' })).federation}`;
      const software = { name: 'x', version: '1' };
      const fields = { name: 'Member', url: null, software, listed: true, counting: true, version: 1 };
      expect((await call('POST', 'join', { card: signCard(fields, member) })).status).toBe(200);
      await admin(`peers/${member.nodeId}/approve`, { trusted: true });
      expect((await push(1)).body.outcomes).toMatchObject([{ outcome: 'accepted' }]);
      await admin('exchange', {});
      const before = await call('GET', 'total');
      expect(before.status).toBe(200);

      const ballast = join(folder, 'ballast');
      await writeFile(ballast, Buffer.alloc(16 << 20)).catch(() => undefined);
      let refused = await push(2);
      // The log has some room of its own.
      for (let back = 3; back < 60 && refused.status === 200; back++) refused = await push(back);
      expect(refused).toMatchObject({ status: 503, body: { reason: 'store-unavailable' } });
      expect(await call('GET', 'total')).toEqual(before);
      expect((await fetch(`${hub.url}/v1/counts?scope=global`)).status).toBe(200);

      await rm(ballast);
      expect((await push(1)).status).toBe(200);
      expect((await push(61)).body.outcomes).toMatchObject([{ outcome: 'accepted' }]);
    },
    60_000,
  );
});
