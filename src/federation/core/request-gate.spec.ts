import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../clock/clock.js';
import { signRequest, targetOf } from '../../protocol/http-signature.js';
import { onlyKey } from '../../protocol/key-chain.js';
import { NodeKey } from '../../protocol/node-key.js';
import { Refusal } from '../../protocol/refusal.js';
import { RequestGate } from './request-gate.js';

const NOW_MS = Date.parse('2026-11-22T14:00:00Z');
const URL_ = 'https://hub.example/federation/v1/reports';
const member = NodeKey.generate();
const stranger = NodeKey.generate();

let clock: ManualClock;
let gate: RequestGate;
let witnessed: [string, number][];
let asked: string[];
const shares = new Map<string, number>();
beforeEach(() => {
  clock = new ManualClock(NOW_MS);
  witnessed = [];
  asked = [];
  gate = new RequestGate({
    clock,
    keyOf: (keyId) => {
      asked.push(keyId);
      return keyId === member.nodeId ? onlyKey(member.publicKey) : null;
    },
    requestsPerMinute: 5,
    bytesPerHour: 1000,
    shareOf: (nodeId) => shares.get(nodeId) ?? 1,
    witness: (nodeId, signedMs) => witnessed.push([nodeId, signedMs]),
  });
});

let nonces = 0;
function request({
  key = member,
  method = 'POST',
  nonce = `nonce-${nonces++}`.padEnd(20, '-'),
  body = 'x',
} = {}) {
  const content = method === 'GET' ? {} : { body: Buffer.from(body) };
  const headers = signRequest({ method, url: URL_, ...content }, key, { nowMs: clock.nowMs(), nonce });
  return { method, ...targetOf(URL_), headers };
}

async function reasonOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'admitted';
}

describe('RequestGate', () => {
  it('names the caller and lets its signature vouch for the time', async () => {
    expect(await gate.admit(request())).toBe(member.nodeId);
    expect(witnessed).toEqual([[member.nodeId, NOW_MS]]);
  });

  it('does not let replays use up what their sender may ask', async () => {
    const sent = request();
    await gate.admit(sent);
    for (let replay = 0; replay < 20; replay++)
      expect(await reasonOf(() => gate.admit(sent))).toBe('nonce-repeated');
    for (let more = 0; more < 4; more++) expect(await reasonOf(() => gate.admit(request()))).toBe('admitted');
    expect(await reasonOf(() => gate.admit(request()))).toBe('rate-limited');
  });

  it('refuses a caller whose nonces are used up until the first of them expire', async () => {
    const reasons = new Set<string>();
    for (let count = 0; count < 4096; count++) reasons.add(await reasonOf(() => gate.admit(request())));
    expect(reasons).toEqual(new Set(['admitted', 'rate-limited']));
    expect(await reasonOf(() => gate.admit(request()))).toBe('nonces-full');
    clock.advance(421_000);
    expect(await reasonOf(() => gate.admit(request()))).toBe('admitted');
  });

  it('admits a request once', async () => {
    const copy = request();
    expect(await reasonOf(() => gate.admit(copy))).toBe('admitted');
    expect(await reasonOf(() => gate.admit(copy))).toBe('nonce-repeated');
    clock.advance(419_000);
    expect(await reasonOf(() => gate.admit(copy))).toBe('nonce-repeated');
    clock.advance(2000);
    expect(await reasonOf(() => gate.admit(copy))).toBe('signature-expired');
  });

  it('knows nobody whom it was not told of, whatever they sign', async () => {
    expect(await reasonOf(() => gate.admit(request({ key: stranger })))).toBe('unknown-key');
    expect(witnessed).toEqual([]);
  });

  it('spends no bucket, nonce or witness of a member on what it did not sign', async () => {
    const forged = request({ key: stranger, nonce: 'the-same-nonce-twice' });
    const input = forged.headers['signature-input']!.replace(stranger.nodeId, member.nodeId);
    const posing = { ...forged, headers: { ...forged.headers, 'signature-input': input } };
    for (let attempt = 0; attempt < 20; attempt++)
      expect(await reasonOf(() => gate.admit(posing))).toBe('bad-signature');
    expect(await reasonOf(() => gate.admit(request({ nonce: 'the-same-nonce-twice' })))).toBe('admitted');
    expect(witnessed).toHaveLength(1);
  });

  it('limits the requests of one caller in a minute', async () => {
    for (let count = 0; count < 5; count++)
      expect(await reasonOf(() => gate.admit(request()))).toBe('admitted');
    expect(await reasonOf(() => gate.admit(request()))).toBe('rate-limited');
    clock.advance(60_000);
    expect(await reasonOf(() => gate.admit(request()))).toBe('admitted');
  });

  it('gives a caller that speaks for many as much for each of them', async () => {
    shares.set(member.nodeId, 2);
    for (let count = 0; count < 10; count++)
      expect(await reasonOf(() => gate.admit(request()))).toBe('admitted');
    expect(await reasonOf(() => gate.admit(request()))).toBe('rate-limited');
    shares.clear();
  });

  it('refuses the next request when the bytes of the hour are used up, and takes it in the next hour', async () => {
    gate.count(member.nodeId, 999);
    expect(await reasonOf(() => gate.admit(request()))).toBe('admitted');
    gate.count(member.nodeId, 1);
    expect(await reasonOf(() => gate.admit(request()))).toBe('too-many-bytes');
    clock.advance(3_600_000);
    expect(await reasonOf(() => gate.admit(request()))).toBe('admitted');
  });

  it('has two requests of a caller under way, and a third once one of them is over', async () => {
    gate.begin(member.nodeId);
    gate.begin(member.nodeId);
    expect(await reasonOf(() => gate.begin(member.nodeId))).toBe('too-many-at-once');
    expect(await reasonOf(() => gate.begin(stranger.nodeId))).toBe('admitted');
    gate.end(member.nodeId);
    expect(await reasonOf(() => gate.begin(member.nodeId))).toBe('admitted');
  });

  it('remembers nothing of a stranger that asks to join, and checks its signature all the same', async () => {
    const sent = request({ key: stranger });
    const itsOwn = () => onlyKey(stranger.publicKey);
    for (let again = 0; again < 10; again++)
      expect(await reasonOf(() => gate.admit(sent, itsOwn))).toBe('admitted');
    expect(witnessed).toEqual([]);
    expect(await reasonOf(() => gate.admit({ ...sent, method: 'PUT' }, itsOwn))).toBe('bad-signature');
  });

  it('refuses a body that no signature covers, and another one than was signed', async () => {
    const bare = { ...request({ method: 'GET' }), method: 'POST' };
    expect(await reasonOf(() => gate.admit(bare))).toBe('signature-malformed');
    const signed = request({ body: 'x' });
    expect(await reasonOf(() => gate.checkBody(signed, Buffer.from('x')))).toBe('admitted');
    expect(await reasonOf(() => gate.checkBody(signed, Buffer.from('y')))).toBe('digest-mismatch');
    expect(await reasonOf(() => gate.checkBody(request({ method: 'GET' }), Buffer.from('y')))).toBe(
      'digest-missing',
    );
  });

  it('looks for the key before it spends anything on a signature', async () => {
    expect(await reasonOf(() => gate.admit({ ...request(), headers: {} }))).toBe('signature-missing');
    expect(asked).toEqual([]);
  });
});
