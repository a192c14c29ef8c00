import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { ManualClock } from '../../src/clock/clock.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { type MemoryApp, startMemoryApp } from './memory-app.js';

const ADMIN = 'hc_admin_for-these-tests-only';
const WRITE = 'hc_write_for-these-tests-only';
const STRANGER = NodeKey.generate().nodeId;

let clock: ManualClock;
let hub: MemoryApp;
let member: MemoryApp;
beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T14:00:00Z'));
  const accessKeys = { HEADCOUNT_ADMIN_KEY: ADMIN, HEADCOUNT_WRITE_KEY: WRITE };
  const ofHub = {
    HEADCOUNT_ROLE: 'hub',
    HEADCOUNT_COUNTING: 'false',
    HEADCOUNT_PUBLIC_URL: 'https://hub.example',
  };
  hub = await startMemoryApp({ ...accessKeys, ...ofHub }, clock);
  member = await startMemoryApp(accessKeys, clock);
  await member.keys.found('Test', false);
  await hub.keys.join(member.keys.line(false, member.nodeKey.nodeId), false);
  await ask(hub, 'POST', 'exchange', {});
});
afterEach(() => Promise.all([hub.app.close(), member.app.close()]));

async function ask({ app }: MemoryApp, method: 'GET' | 'POST', path: string, body?: object, key = ADMIN) {
  const headers = key === '' ? {} : { authorization: `Bearer ${key}` };
  const options: InjectOptions = {
    method,
    url: `/v1/admin/${path}`,
    headers,
    ...(body && { payload: body }),
  };
  const answer = await app.inject(options);
  return { status: answer.statusCode, body: answer.json() };
}

const audited = async ({ records }: MemoryApp) =>
  (await records.audit.newest(10)).map(({ action, subject, by, why }) => ({ action, subject, by, why }));
const idOf = ({ nodeKey }: MemoryApp) => nodeKey.nodeId;

describe('the admin routes of charter, roster, cut and withhold', () => {
  it.each<['GET' | 'POST', string, object | undefined]>([
    ['GET', 'federation/charter', undefined],
    ['POST', 'federation/charter', { stewards: [STRANGER], threshold: 1 }],
    ['POST', 'federation/charter/sign', {}],
    ['POST', 'federation/roster/sign', {}],
    ['POST', 'federation/cut', { why: 'x' }],
    ['POST', 'withhold', { node: STRANGER }],
  ])('%s %s opens to an admin key alone', async (method, path, body) => {
    expect((await ask(hub, method, path, body, '')).status).toBe(401);
    expect((await ask(hub, method, path, body, WRITE)).status).toBe(403);
    expect(await audited(hub)).toEqual([]);
  });

  it('show the first charter and roster, which a hub signs by itself', async () => {
    const { status, body } = await ask(hub, 'GET', 'federation/charter');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      charter: { number: 1, stewards: [idOf(hub)], threshold: 1, sketchMinimum: 0, signers: [idOf(hub)] },
      proposed: null,
      roster: { number: 1, signer: idOf(hub), members: [], expiresAt: '2026-12-22T14:00:00Z' },
    });
  });

  it('pass the charter on, which is in the audit log with who and what', async () => {
    const stewards = [idOf(hub), STRANGER];
    const passed = await ask(hub, 'POST', 'federation/charter', { stewards, threshold: 2 });
    expect(passed.body.charter).toMatchObject({ number: 2, stewards, threshold: 2 });
    const proposed = await ask(hub, 'POST', 'federation/charter', { stewards: [STRANGER], threshold: 1 });
    expect(proposed.body).toMatchObject({
      charter: { number: 2 },
      proposed: { number: 3, signers: [idOf(hub)] },
    });
    const signed = await ask(hub, 'POST', 'federation/charter/sign');
    expect(signed.body.proposed.signers).toEqual([idOf(hub)]);
    expect((await ask(hub, 'POST', 'federation/roster/sign')).status).toBe(409);
    expect(await audited(hub)).toEqual([
      { action: 'sign charter', subject: {}, by: 'key of the environment', why: '' },
      ...[[[STRANGER], '1'] as const, [stewards, '2'] as const].map(([nodes, threshold]) => ({
        action: 'propose charter',
        subject: { stewards: nodes.join(' '), threshold },
        by: 'key of the environment',
        why: '',
      })),
    ]);
  });

  it('set the least visitors of a sketch, which a charter that says nothing of it keeps', async () => {
    const stewards = [idOf(hub)];
    const body = { stewards, threshold: 1, sketchMinimum: 50 };
    expect((await ask(hub, 'POST', 'federation/charter', body)).body.charter).toMatchObject({
      ...{ number: 2, sketchMinimum: 50 },
    });
    const next = await ask(hub, 'POST', 'federation/charter', { stewards, threshold: 1 });
    expect(next.body.charter).toMatchObject({ number: 3, sketchMinimum: 50 });
    expect((await audited(hub)).map(({ subject }) => subject)).toEqual([
      { stewards: idOf(hub), threshold: '1' },
      { stewards: idOf(hub), threshold: '1', sketchMinimum: '50' },
    ]);
  });

  it.each<[string, object, number, string]>([
    ['no field', {}, 400, 'stewards'],
    ['no steward', { stewards: [], threshold: 1 }, 400, 'stewards'],
    ['seventeen', { stewards: Array.from({ length: 17 }, () => STRANGER), threshold: 1 }, 400, 'stewards'],
    ['a steward twice', { stewards: [STRANGER, STRANGER], threshold: 1 }, 400, 'stewards'],
    ['no node id', { stewards: ['../../etc/passwd'], threshold: 1 }, 400, 'stewards[0]'],
    ['a threshold out of reach', { stewards: [STRANGER], threshold: 2 }, 400, 'threshold'],
    ['none', { stewards: [STRANGER], threshold: 0 }, 400, 'threshold'],
    ['half of one', { stewards: [STRANGER], threshold: 0.5 }, 400, 'threshold'],
    ['less than no visitor', { stewards: [STRANGER], threshold: 1, sketchMinimum: -1 }, 400, 'sketchMinimum'],
    [
      'a minimum for nobody',
      { stewards: [STRANGER], threshold: 1, sketchMinimum: 1e7 },
      400,
      'sketchMinimum',
    ],
    ['more than is asked for', { stewards: [STRANGER], threshold: 1, number: 9 }, 400, 'number'],
  ])('refuse a charter with %s, and sign nothing', async (_what, body, status, field) => {
    expect(await ask(hub, 'POST', 'federation/charter', body)).toMatchObject({ status, body: { field } });
    expect((await ask(hub, 'GET', 'federation/charter')).body).toMatchObject({
      charter: { number: 1 },
      proposed: null,
    });
    expect(await audited(hub)).toEqual([]);
  });

  it('let nobody sign who is no steward', async () => {
    await ask(hub, 'POST', 'federation/charter', { stewards: [STRANGER], threshold: 1 });
    for (const path of ['charter/sign', 'roster/sign'])
      expect(await ask(hub, 'POST', `federation/${path}`)).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('no steward') },
      });
    expect(await audited(hub)).toHaveLength(1);
  });

  it('cut once, with a reason of plain characters, at a node that holds the key', async () => {
    for (const why of ['', 'x'.repeat(201), 'two\nlines', '\u202e'])
      expect(await ask(member, 'POST', 'federation/cut', { why })).toMatchObject({
        status: 400,
        body: { field: 'why' },
      });
    expect((await ask(hub, 'POST', 'federation/cut', { why: 'x' })).status).toBe(409);
    expect(await audited(member)).toEqual([]);
    expect(await ask(member, 'POST', 'federation/cut', { why: 'a line leaked' })).toEqual({
      status: 200,
      body: { from: '2026-11-23', reaches: [], leftBehind: [] },
    });
    expect((await ask(member, 'POST', 'federation/cut', { why: 'again' })).status).toBe(409);
    expect(await audited(member)).toEqual([
      { action: 'cut', subject: {}, by: 'key of the environment', why: 'a line leaked' },
    ]);
    expect(member.keys.current.next).not.toBeNull();
  });

  it('withhold keys from any node but this one, and remember it', async () => {
    expect((await ask(member, 'POST', 'withhold', { node: idOf(member) })).status).toBe(409);
    expect((await ask(member, 'POST', 'withhold', { node: 'x' })).body).toMatchObject({ field: 'node' });
    expect((await ask(member, 'POST', 'withhold', { node: STRANGER })).status).toBe(200);
    expect(await member.records.settings.get('key-delivery')).toMatchObject({ withheld: [STRANGER] });
    expect(await audited(member)).toEqual([
      { action: 'withhold', subject: { node: STRANGER }, by: 'key of the environment', why: '' },
    ]);
  });
});
