import { describe, expect, it } from '@jest/globals';
import { createSignatureSync, type RequestDescriptor, verifySignature } from 'http-message-sig';
import { contentDigest } from './content-digest.js';
import {
  checkSignatureTimes,
  readRequestSignature,
  signRequest,
  targetOf,
  verifyRequestSignature,
} from './http-signature.js';
import { NodeKey, verify } from './node-key.js';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const NOW_S = NOW_MS / 1000;
const URL_ = 'https://Hub.Example:8443/count/federation/v1/reports?a=b%20c&d';
const TYPE = 'application/vnd.headcount.v1+json';
const key = NodeKey.generate();
const body = Buffer.from('{"reports":[]}');
const COMPONENTS = ['@method', '@authority', '@path', '@query', 'content-type', 'content-digest'];

/** The request as the other implementation sees it. */
function descriptorOf(method: string, headers: Readonly<Record<string, string>>): RequestDescriptor {
  const fields = Object.entries(headers).map(([name, value]) => ({ name, value }));
  return { kind: 'request', method, targetUri: URL_, fields };
}

const verifier = {
  algorithm: 'ed25519',
  verify: (data: Uint8Array, signature: Uint8Array) => verify(data, signature, key.publicKey),
};

const checkedByThem = (descriptor: RequestDescriptor, requiredComponents: string[]) =>
  verifySignature(descriptor, {
    policy: {
      algorithms: ['ed25519'],
      requiredComponents,
      requiredParameters: ['created', 'expires', 'nonce', 'keyid', 'tag'],
      now: NOW_S,
    },
    resolveVerifier: () => verifier,
  });

describe('another implementation of RFC 9421', () => {
  it.each([
    ['POST', body, COMPONENTS],
    ['GET', undefined, COMPONENTS.slice(0, 4)],
  ] as const)('verifies what we sign: %s', async (method, content, components) => {
    const signed = signRequest(
      { method, url: URL_, ...(content && { body: content, contentType: TYPE }) },
      key,
      { nowMs: NOW_MS, nonce: 'a-nonce-of-enough-length' },
    );
    const verified = await checkedByThem(descriptorOf(method, signed), [...components]);
    expect(verified).toMatchObject({
      label: 'headcount',
      parameters: { keyid: key.nodeId, tag: 'headcount-v1' },
    });
    const other = descriptorOf(method === 'GET' ? 'PUT' : 'GET', signed);
    await expect(checkedByThem(other, [...components])).rejects.toThrow();
  });

  it('signs what we verify', async () => {
    const headers = { 'content-type': TYPE, 'content-digest': contentDigest(body) };
    const fields = createSignatureSync(descriptorOf('POST', headers), {
      label: 'headcount',
      components: COMPONENTS,
      parameters: {
        ...{ created: NOW_S, expires: NOW_S + 60, nonce: 'a-nonce-of-enough-length' },
        ...{ keyid: key.nodeId, tag: 'headcount-v1' },
      },
      signer: { algorithm: 'ed25519', sign: (data) => key.sign(data) },
    });
    const received = {
      method: 'POST',
      ...targetOf(URL_),
      headers: { ...headers, signature: fields.signature, 'signature-input': fields.signatureInput },
    };
    const signature = readRequestSignature(received.headers);
    checkSignatureTimes(signature, NOW_MS);
    await verifyRequestSignature(signature, received, key.publicKey);
    const other = { ...received, path: '/other' };
    await expect(verifyRequestSignature(signature, other, key.publicKey)).rejects.toThrow();
  });
});
