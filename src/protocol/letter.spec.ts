import { beforeAll, describe, expect, it } from '@jest/globals';
import { signCard } from './card.js';
import { signEnvelope } from './envelope.js';
import { openLetter, sealPurpose, signKeyRequest, signSealedLine } from './letter.js';
import { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { SealingKey, sealTo } from './sealing-key.js';

const issuedAt = '2026-11-22T12:00:00Z';
const sender = NodeKey.generate();
const recipient = NodeKey.generate();
const fields = {
  name: 'Sender',
  url: null,
  software: { name: 'x', version: '1' },
  listed: true,
  counting: true,
};
const card = signCard({ ...fields, version: 1 }, sender);

let sealingKey: SealingKey;
beforeAll(async () => {
  sealingKey = await SealingKey.of(recipient);
});

function reasonOf(text: string): string {
  try {
    openLetter(text);
    return 'opened';
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

describe('a request for the key', () => {
  it('says who asks whom, and shows the invite', () => {
    const proof = 'a'.repeat(64);
    const text = signKeyRequest({ to: recipient.nodeId, proof, card, issuedAt }, sender);
    expect(openLetter(text)).toMatchObject({
      kind: 'keyrequest',
      to: recipient.nodeId,
      proof,
      issuedAt,
      from: { node: sender.nodeId, name: 'Sender' },
    });
    expect(openLetter(signKeyRequest({ to: 'any', proof: null, card, issuedAt }, sender))).toMatchObject({
      to: 'any',
      proof: null,
    });
  });
});

describe('a sealed line', () => {
  it('opens for the node that it was sealed to', async () => {
    const about = { federation: 'fed', from: sender.nodeId, to: recipient.nodeId };
    const line = Buffer.from('headcount-federation:1:…');
    const sealed = await sealTo(sealingKey.publicKey, sealPurpose(about), line, new Uint8Array(32).fill(3));
    const text = signSealedLine({ to: about.to, federation: 'fed', sealed, card, issuedAt }, sender);
    const letter = openLetter(text);
    if (letter.kind !== 'sealed') throw new Error('another kind');
    expect(Buffer.from(await sealingKey.open(letter.sealed, sealPurpose(about)))).toEqual(line);
    await expect(
      sealingKey.open(letter.sealed, sealPurpose({ ...about, federation: 'other' })),
    ).rejects.toThrow();
    expect(text).not.toContain(line.toString('base64').slice(0, 20));
  });
});

describe('letters', () => {
  const payload = { v: 1, from: sender.nodeId, to: 'any', proof: null, card, issuedAt };
  const other = NodeKey.generate();

  it.each<[string, () => string, string]>([
    ['signed by another node', () => signEnvelope('keyrequest', payload, other), 'not-its-own-key'],
    [
      'in the name of another node',
      () => signEnvelope('keyrequest', { ...payload, from: other.nodeId }, other),
      'not-its-own-key',
    ],
    ['of another kind', () => signEnvelope('report', payload, sender), 'other-kind'],
    ['to nobody', () => signEnvelope('keyrequest', { ...payload, to: 'me' }, sender), 'bad-schema'],
    [
      'with a proof that is none',
      () => signEnvelope('keyrequest', { ...payload, proof: 'x' }, sender),
      'bad-schema',
    ],
    [
      'without a card',
      () => signEnvelope('keyrequest', { ...payload, card: '{}' }, sender),
      'not-an-envelope',
    ],
    [
      'that are too large',
      () => signEnvelope('keyrequest', { ...payload, more: 'x'.repeat(20_000) }, sender),
      'too-large',
    ],
    [
      'whose signature is another’s',
      () => {
        const text = signEnvelope('keyrequest', payload, sender);
        const { signatures } = JSON.parse(
          signEnvelope('keyrequest', { ...payload, to: sender.nodeId }, sender),
        );
        return JSON.stringify({ ...JSON.parse(text), signatures });
      },
      'bad-signature',
    ],
  ])('are refused %s', (_what, make, reason) => {
    expect(reasonOf(make())).toBe(reason);
  });
});
