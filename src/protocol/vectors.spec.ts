import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { contentDigest, verifyContentDigest } from './content-digest.js';
import { preAuthEncoding } from './envelope.js';
import { signatureBase } from './http-signature.js';
import { nodeIdOf, parsePublicKey, verify } from './node-key.js';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

describe('published vectors', () => {
  // RFC 8032, section 7.1: public key, message, signature.
  it.each([
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('RFC 8032: key %s', (key, message, signature) => {
    expect(verify(hex(message), hex(signature), hex(key))).toBe(true);
    expect(verify(hex(`${message}00`), hex(signature), hex(key))).toBe(false);
  });

  it('RFC 8037, appendix A.3: the thumbprint of an Ed25519 key', () => {
    const key = parsePublicKey('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
    expect(nodeIdOf(key)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('DSSE: the pre-authentication encoding of its specification', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(Buffer.from(encoded).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('RFC 9530, appendix D: the digest of a body', () => {
    const body = Buffer.from('{"hello": "world"}\n');
    const digest = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
    expect(contentDigest(body)).toBe(digest);
    expect(() => verifyContentDigest(digest, body)).not.toThrow();
    expect(() => verifyContentDigest(digest, Buffer.from('{"hello": "world"}'))).toThrow('not the one');
  });

  it('RFC 9421, appendix B.2.6: an Ed25519 signature over its signature base', () => {
    const parameters =
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
    const request = {
      method: 'POST',
      authority: 'example.com',
      path: '/foo',
      query: '?param=Value&Pet=dog',
      headers: {
        date: 'Tue, 20 Apr 2021 02:07:55 GMT',
        'content-type': 'application/json',
        'content-length': '18',
      },
    };
    const components = ['date', '@method', '@path', '@authority', 'content-type', 'content-length'];
    const base = signatureBase(request, components, parameters);
    const pem = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----`;
    const key = createPublicKey(pem).export({ type: 'spki', format: 'der' }).subarray(12);
    const signature =
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==';
    expect(
      verify(Buffer.from(base), new Uint8Array(Buffer.from(signature, 'base64')), new Uint8Array(key)),
    ).toBe(true);
  });
});
