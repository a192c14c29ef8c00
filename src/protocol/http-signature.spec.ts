import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkSignatureTimes,
  type ReceivedRequest,
  readRequestSignature,
  signRequest,
  targetOf,
  verifyRequestSignature,
} from './http-signature.js';
import { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';

const KEY = NodeKey.generate();
const NOW_MS = Date.parse('2026-11-22T14:00:00Z');
const NONCE = 'abcdefghijklmnopqrstuv';
const BODY = Buffer.from('{"reports":[]}');
const URL_ = 'https://hub.example/base/federation/v1/reports?x=1';

function received(changes: Partial<ReceivedRequest> = {}, body: Buffer | null = BODY): ReceivedRequest {
  const request = body ? { method: 'POST', url: URL_, body } : { method: 'GET', url: URL_ };
  const headers = signRequest(request, KEY, { nowMs: NOW_MS, nonce: NONCE });
  return { method: request.method, ...targetOf(URL_), headers, ...changes };
}

async function check(request: ReceivedRequest, nowMs = NOW_MS, key = KEY.publicKey): Promise<string> {
  try {
    const signature = readRequestSignature(request.headers);
    checkSignatureTimes(signature, nowMs);
    await verifyRequestSignature(signature, request, key);
    return 'verified';
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

const withHeader = (name: string, change: (value: string) => string | undefined) => {
  const request = received();
  return { ...request, headers: { ...request.headers, [name]: change(request.headers[name]!) } };
};
const input = (change: (value: string) => string) => withHeader('signature-input', change);
const signature = (change: (value: string) => string) => withHeader('signature', change);

describe('request signatures', () => {
  it('verify with and without a body', async () => {
    expect(await check(received())).toBe('verified');
    expect(await check(received({}, null))).toBe('verified');
    expect(readRequestSignature(received().headers)).toMatchObject({
      keyId: KEY.nodeId,
      nonce: NONCE,
      coversBody: true,
    });
  });

  it('verify within the skew, whatever the case of the host', async () => {
    expect(await check(received(), NOW_MS - 300_000)).toBe('verified');
    expect(await check(received(), NOW_MS + 419_000)).toBe('verified');
    expect(await check(received({ authority: 'HUB.example' }))).toBe('verified');
  });

  it.each<[string, ReceivedRequest, string]>([
    ['no signature at all', received({ headers: {} }), 'signature-missing'],
    ['no input', withHeader('signature-input', () => undefined), 'signature-missing'],
    ['no signature', withHeader('signature', () => undefined), 'signature-missing'],
    ['another label', input((v) => v.replace('headcount=', 'sig1=')), 'signature-malformed'],
    ['two labels', input((v) => `${v}, other=("@method")`), 'signature-malformed'],
    ['the label twice', input((v) => `${v}, ${v}`), 'signature-malformed'],
    ['an endless header', input((v) => v + ' '.repeat(1100)), 'signature-malformed'],
    ['no structured field', input(() => 'headcount=("@method"'), 'signature-malformed'],
    ['a string for the components', input(() => 'headcount="@method"'), 'signature-malformed'],
    ['a component less', input((v) => v.replace('"@query" ', '')), 'signature-malformed'],
    ['a component more', input((v) => v.replace('"@query"', '"@query" "date"')), 'signature-malformed'],
    [
      'components in another order',
      input((v) => v.replace('"@method" "@authority"', '"@authority" "@method"')),
      'signature-malformed',
    ],
    [
      'a component with parameters',
      input((v) => v.replace('"@method"', '"@method";req')),
      'signature-malformed',
    ],
    ['a body left out', input((v) => v.replace(' "content-type" "content-digest"', '')), 'bad-signature'],
    ['no nonce', input((v) => v.replace(`;nonce="${NONCE}"`, '')), 'signature-malformed'],
    ['a short nonce', input((v) => v.replace(NONCE, 'abc')), 'signature-malformed'],
    ['an endless nonce', input((v) => v.replace(NONCE, 'a'.repeat(65))), 'signature-malformed'],
    ['a nonce with spaces', input((v) => v.replace(NONCE, 'abcdefgh ijklmnop')), 'signature-malformed'],
    ['an algorithm of its choice', input((v) => `${v};alg="none"`), 'signature-malformed'],
    [
      'parameters in another order',
      input((v) => v.replace(/;created=(\d+);expires=(\d+)/, ';expires=$2;created=$1')),
      'signature-malformed',
    ],
    ['another tag', input((v) => v.replace('headcount-v1', 'headcount-v2')), 'signature-malformed'],
    ['a time as text', input((v) => v.replace(/created=(\d+)/, 'created="$1"')), 'signature-malformed'],
    [
      'a time with a fraction',
      input((v) => v.replace(/created=(\d+)/, 'created=$1.5')),
      'signature-malformed',
    ],
    ['a key id that is none', input((v) => v.replace(KEY.nodeId, 'me')), 'signature-malformed'],
    [
      'another time',
      input((v) => v.replace(/created=(\d+)/, (_, t) => `created=${Number(t) + 1}`)),
      'bad-signature',
    ],
    [
      'a life of an hour',
      input((v) => v.replace(/expires=(\d+)/, (_, t) => `expires=${Number(t) + 3600}`)),
      'signature-valid-too-long',
    ],
    [
      'an end before the beginning',
      input((v) => v.replace(/expires=(\d+)/, (_, t) => `expires=${Number(t) - 200}`)),
      'signature-valid-too-long',
    ],
    ['a signature that is text', signature(() => 'headcount="abc"'), 'signature-malformed'],
    ['a signature with parameters', signature((v) => `${v};x=1`), 'signature-malformed'],
    ['two signatures', signature((v) => `${v}, other=:AAAA:`), 'signature-malformed'],
    ['a short signature', signature(() => 'headcount=:AAAA:'), 'bad-signature'],
    ['another method', received({ method: 'PUT' }), 'bad-signature'],
    ['another host', received({ authority: 'evil.example' }), 'bad-signature'],
    ['another port', received({ authority: 'hub.example:8443' }), 'bad-signature'],
    ['another path', received({ path: '/federation/v1/reports' }), 'bad-signature'],
    ['another query', received({ query: '?x=2' }), 'bad-signature'],
    ['no query', received({ query: '?' }), 'bad-signature'],
    ['another content type', withHeader('content-type', () => 'text/plain'), 'bad-signature'],
    ['no content type', withHeader('content-type', () => undefined), 'bad-signature'],
    ['another digest', withHeader('content-digest', () => 'sha-256=:AAAA:'), 'bad-signature'],
  ])('are refused with %s', async (_what, request, reason) => {
    expect(await check(request)).toBe(reason);
  });

  it('are refused before their time, after it, and under another key', async () => {
    expect(await check(received(), NOW_MS - 301_000)).toBe('signature-not-yet-valid');
    expect(await check(received(), NOW_MS + 421_000)).toBe('signature-expired');
    expect(await check(received(), NOW_MS, NodeKey.generate().publicKey)).toBe('bad-signature');
  });

  it('throw nothing but refusals, whatever the headers say', async () => {
    const text = fc.oneof(fc.string({ maxLength: 200 }), fc.constant(received().headers['signature-input']!));
    const name = fc.constantFrom('signature', 'signature-input');
    fc.assert(
      fc.property(name, text, fc.string({ maxLength: 20 }), (header, start, end) => {
        const request = received();
        check({ ...request, headers: { ...request.headers, [header]: start + end } });
      }),
      { numRuns: 500 },
    );
  });
});
