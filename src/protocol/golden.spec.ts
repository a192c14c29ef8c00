import { describe, expect, it } from '@jest/globals';
import { acceptReport } from './acceptance.js';
import { preAuthEncoding, signEnvelope } from './envelope.js';
import { signRequest } from './http-signature.js';
import { onlyKey } from './key-chain.js';
import { NodeKey } from './node-key.js';
import { inputsHash } from './total.js';

/** RFC 8032's first key as PKCS #8 (RFC 8410): the signatures of Ed25519 depend on nothing but key and message. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const DER = Buffer.from(`302e020100300506032b657004220420${SEED}`, 'hex');
const key = NodeKey.fromPem(
  `-----BEGIN PRIVATE KEY-----\n${DER.toString('base64')}\n-----END PRIVATE KEY-----`,
);
const NOW_MS = Date.parse('2026-11-22T14:00:00Z');

const report = {
  v: 1,
  federation: 'fed',
  origin: key.nodeId,
  day: '2026-11-22',
  seq: NOW_MS,
  issuedAt: '2026-11-22T14:00:00Z',
  validUntil: '2026-11-22T20:00:00Z',
  closed: false,
  format: 'hyll-p14-m64a',
  identity: 'ip-ua/1',
  hits: 10,
  uniques: 4,
  windows: { '7d': 4, '30d': 4, all: 4 },
  sketches: { '1f2e3d4c.41': `sha256:${'0'.repeat(64)}` },
};

/** As it was on 2026-11-22, and stays. */
const GOLDEN_PAYLOAD = [
  'eyJ2IjoxLCJmZWRlcmF0aW9uIjoiZmVkIiwib3JpZ2luIjoia1ByS19xbXhWV2FZVkE5d3dCRjZJdW8zdlZ6ejdUeEhDVHdY',
  'QnlnclM0ayIsImRheSI6IjIwMjYtMTEtMjIiLCJzZXEiOjE3OTUzNTYwMDAwMDAsImlzc3VlZEF0IjoiMjAyNi0xMS0yMlQx',
  'NDowMDowMFoiLCJ2YWxpZFVudGlsIjoiMjAyNi0xMS0yMlQyMDowMDowMFoiLCJjbG9zZWQiOmZhbHNlLCJmb3JtYXQiOiJo',
  'eWxsLXAxNC1tNjRhIiwiaWRlbnRpdHkiOiJpcC11YS8xIiwiaGl0cyI6MTAsInVuaXF1ZXMiOjQsIndpbmRvd3MiOnsiN2Qi',
  'OjQsIjMwZCI6NCwiYWxsIjo0fSwic2tldGNoZXMiOnsiMWYyZTNkNGMuNDEiOiJzaGEyNTY6MDAwMDAwMDAwMDAwMDAwMDAw',
  'MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9fQ==',
].join('');
const GOLDEN_ENVELOPE = `{"payload":"${GOLDEN_PAYLOAD}","payloadType":"application/vnd.headcount.report.v1+json","signatures":[{"keyid":"${key.nodeId}","sig":"tlkqELOF6kU06dfhhAcOLRQdjMBHM2QNwFX3Tl4Uf1qLmns54/C2qmngIBy5aHHMc+DO1Hjvdg7GR2tB04XZDg=="}]}`;

/** What stands on the wire. Another implementation that writes something else does not speak this protocol. */
describe('golden bytes', () => {
  it('a node id', () => {
    expect(key.nodeId).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('an envelope', () => {
    const envelope = signEnvelope('report', report, key);
    expect(envelope).toBe(GOLDEN_ENVELOPE);
    const terms = { federation: 'fed', keyOf: () => onlyKey(key.publicKey), nowMs: NOW_MS };
    expect(acceptReport(envelope, terms).reportId).toBe(
      'f57520720ade15f75a1e4f5547dd030a3f9b78b4aee62b51db3dce10454e31b5',
    );
  });

  it('what an envelope’s signature covers', () => {
    const encoded = preAuthEncoding('application/vnd.headcount.report.v1+json', Buffer.from('{"é":1}'));
    expect(Buffer.from(encoded).toString()).toBe(
      'DSSEv1 40 application/vnd.headcount.report.v1+json 8 {"é":1}',
    );
  });

  it('a signed request with a body', () => {
    const body = Buffer.from('{"reports":[],"sketches":{}}');
    const contentType = 'application/vnd.headcount.v1+json';
    const url = 'https://hub.example:8443/base/federation/v1/reports?x=1';
    const terms = { nowMs: NOW_MS, nonce: 'AAAAAAAAAAAAAAAAAAAAAA' };
    expect(signRequest({ method: 'POST', url, body, contentType }, key, terms)).toEqual({
      'content-digest': 'sha-256=:TbUCSHWo6RuOUppAHuwajhUG2/PLsiMLVUmcXji3Mgk=:',
      'content-type': 'application/vnd.headcount.v1+json',
      signature:
        'headcount=:33l+63yMZRdldgi33fDK45o/Tf2fNc9ZJpp/mDw5dW7mPAaGh5FQu5bT2jtWElUWRfQgYmFx+4N4qwZmYXG2Dg==:',
      'signature-input':
        'headcount=("@method" "@authority" "@path" "@query" "content-type" "content-digest");created=1795356000;expires=1795356120;nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";tag="headcount-v1"',
    });
  });

  it('a signed request without a body', () => {
    const url = 'https://hub.example/federation/v1/total';
    const terms = { nowMs: NOW_MS, nonce: 'AAAAAAAAAAAAAAAAAAAAAA' };
    expect(signRequest({ method: 'GET', url }, key, terms)).toEqual({
      signature:
        'headcount=:VdhzPni+5uRfQG0d7zfuPiw+yXXFW61cHapgMAjqlazK8Cm+A32DC+zKGQtX64dEPqmN8HIEHatcVdq00d8xDw==:',
      'signature-input':
        'headcount=("@method" "@authority" "@path" "@query");created=1795356000;expires=1795356120;nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";tag="headcount-v1"',
    });
  });

  it('the hash over a total’s inputs, in any order', () => {
    const inputs = [
      { origin: 'b', day: '2026-11-22', seq: 2, reportId: 'r2', verdict: 'hold' },
      { origin: 'a', day: '2026-11-22', seq: 10, reportId: 'r3', verdict: 'count' },
      { origin: 'a', day: '2026-11-22', seq: 9, reportId: 'r1', verdict: 'count' },
    ];
    expect(inputsHash(inputs)).toBe('1c3b1d3847dd7e2121360253a11d36a2de9c1641f92bbbf92c7411515da635c4');
    expect(inputsHash([...inputs].reverse())).toBe(inputsHash(inputs));
  });
});
