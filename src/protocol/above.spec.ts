import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openAbove, signAbove } from './above.js';
import { openCard, signCard } from './card.js';
import { signEnvelope } from './envelope.js';
import { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';

const [hub, top, stranger] = [NodeKey.generate(), NodeKey.generate(), NodeKey.generate()];
const software = { name: 'headcount', version: '0' };
const cardOf = (key: NodeKey, name: string) =>
  signCard(
    { name, url: `https://${name}.example`, software, listed: true, counting: false, version: 1 },
    key,
  );
const hubCard = openCard(cardOf(hub, 'hub'));
const topCard = cardOf(top, 'top');

function reasonOf(text: string): string {
  try {
    openAbove(text, hubCard);
    return 'opened';
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

describe('the word of a hub on who is above it', () => {
  it('brings the card of whoever publishes the total of the whole tree', () => {
    const { envelope, card } = openAbove(signAbove(topCard, hub), hubCard);
    expect(envelope).toBe(topCard);
    expect(card).toMatchObject({ node: top.nodeId, name: 'top' });
  });

  it.each([
    ['signed by another node', () => signAbove(topCard, stranger), 'not-its-own-key'],
    ['of another kind', () => signEnvelope('total', { v: 1, card: topCard }, hub), 'other-kind'],
    ['of another version', () => signEnvelope('above', { v: 2, card: topCard }, hub), 'bad-schema'],
    ['without a card', () => signEnvelope('above', { v: 1 }, hub), 'bad-schema'],
    ['about no card', () => signAbove('{}', hub), 'not-an-envelope'],
    ['about a total', () => signAbove(signEnvelope('total', {}, top), hub), 'other-kind'],
    [
      'with another signature',
      () => signAbove(topCard, hub).replace(/"sig":"..../, '"sig":"AAAA'),
      'bad-signature',
    ],
    ['that is too long', () => signAbove('x'.repeat(20_000), hub), 'too-large'],
    ['that is none', () => 'null', 'not-an-envelope'],
  ])('is refused when it is one %s', (_what, make, reason) => {
    expect(reasonOf(make())).toBe(reason);
  });

  it('throws nothing but refusals, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(reasonOf(text)).not.toBe('opened');
        expect(reasonOf(signAbove(text, hub))).not.toBe('opened');
      }),
    );
  });
});
