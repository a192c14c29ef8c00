import { describe, expect, it } from '@jest/globals';
import { openCard, signCard } from './card.js';
import { signEnvelope } from './envelope.js';
import { changeKey, forkOf, KEY_CHANGES_MAX, mayHaveSigned, openKeyChain } from './key-chain.js';
import { NodeKey } from './node-key.js';
import { formatNodeKey, parseNodeKey } from './node-key-text.js';
import { Refusal } from './refusal.js';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const first = NodeKey.generate();
const second = changeKey(first, NodeKey.generate(), { nowMs: NOW_MS, stolen: false });
const third = changeKey(second, NodeKey.generate(), { nowMs: NOW_MS + 1000, stolen: true });
const fields = { name: null, url: null, software: { name: 'x', version: '1' }, listed: true, counting: true };

function reasonOf(work: () => unknown): string {
  try {
    work();
    return 'opened';
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

/** A change with some of its fields said otherwise, under a true signature of the old key. */
function changeWith(said: object, signer = first): string {
  const { payload } = JSON.parse(second.changes[0]!) as { payload: string };
  return signEnvelope(
    'keychange',
    { ...JSON.parse(Buffer.from(payload, 'base64').toString()), ...said },
    signer,
  );
}

describe('a node that changes its key', () => {
  it('keeps its name, and its card leads from the first key to the one in use', () => {
    expect(third.nodeId).toBe(first.nodeId);
    const card = openCard(signCard({ ...fields, version: 3 }, third));
    expect(card.node).toBe(first.nodeId);
    expect(card.keys.map(({ keyId }) => keyId)).toEqual([first.keyId, second.keyId, third.keyId]);
    expect(card.keys.map(({ retiredMs, isStolen }) => [retiredMs, isStolen])).toEqual([
      [NOW_MS, false],
      [NOW_MS + 1000, true],
      [null, false],
    ]);
  });

  it('may change it again while its clock is behind the last change', () => {
    const next = changeKey(third, NodeKey.generate(), { nowMs: NOW_MS - 86_400_000, stolen: false });
    const keys = openKeyChain(next.changes, next.publicKey);
    expect(keys.map(({ retiredMs }) => retiredMs)).toEqual([NOW_MS, NOW_MS + 1000, NOW_MS + 1000, null]);
  });

  it('could have signed with a retired key until then, and never with one that was stolen', () => {
    const [one, two, three] = openKeyChain(third.changes, third.publicKey);
    expect([NOW_MS - 1, NOW_MS, NOW_MS + 1].map((atMs) => mayHaveSigned(one!, atMs))).toEqual([
      true,
      true,
      false,
    ]);
    expect(mayHaveSigned(two!, 0)).toBe(false);
    expect(mayHaveSigned(three!, Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  it.each([
    ['a change that is missing', [third.changes[1]!], 'bad-key-chain'],
    ['changes in another order', [...third.changes].reverse(), 'bad-key-chain'],
    ['a change twice', [third.changes[0]!, ...third.changes], 'bad-key-chain'],
    ['another node', [changeWith({ node: second.keyId }), third.changes[1]!], 'bad-signature'],
    [
      'another time than the new key consented to',
      [changeWith({ at: '2020-01-01T00:00:00Z' })],
      'bad-signature',
    ],
    ['a theft that the new key did not consent to', [changeWith({ stolen: true })], 'bad-signature'],
    ['a change that the new key alone said', [changeWith({}, second), third.changes[1]!], 'not-its-own-key'],
    ['a number out of range', [changeWith({ number: 0 })], 'bad-schema'],
    ['a key that is none', [changeWith({ to: '_'.repeat(43) })], 'bad-key'],
    ['another kind of object', [signEnvelope('card', {}, first)], 'other-kind'],
    ['no envelope', ['{}'], 'not-an-envelope'],
    ['a change of many bytes', [changeWith({ note: 'x'.repeat(1000) })], 'too-large'],
  ])('is refused with %s', (_, changes, reason) => {
    expect(reasonOf(() => openKeyChain(changes, third.publicKey))).toBe(reason);
  });

  it('is refused under a key that the chain does not lead to', () => {
    const stranger = NodeKey.generate();
    expect(reasonOf(() => openKeyChain(third.changes, stranger.publicKey))).toBe('bad-key-chain');
    const posing = stranger.after(first.nodeId, []);
    expect(reasonOf(() => openCard(signCard({ ...fields, version: 9 }, posing)))).toBe('not-its-own-key');
  });

  it('forks when it goes on under two keys, and not when one has only gone on', () => {
    const other = changeKey(first, NodeKey.generate(), { nowMs: NOW_MS, stolen: false });
    expect(forkOf(second.changes, third.changes)).toBeNull();
    expect(forkOf([], third.changes)).toBeNull();
    expect(forkOf(other.changes, third.changes)).toBe(0);
    const later = changeKey(second, NodeKey.generate(), { nowMs: NOW_MS, stolen: false });
    expect(forkOf(later.changes, third.changes)).toBe(1);
  });

  it('changes it as often as a card can say, and no more', () => {
    let key = first;
    for (let change = 0; change < KEY_CHANGES_MAX; change++)
      key = changeKey(key, NodeKey.generate(), { nowMs: NOW_MS, stolen: false });
    expect(openCard(signCard({ ...fields, name: 'x'.repeat(80), version: 1 }, key)).node).toBe(first.nodeId);
    expect(() => changeKey(key, NodeKey.generate(), { nowMs: NOW_MS, stolen: false })).toThrow(RangeError);
  });

  it('is the same node after its file was written and read', () => {
    for (const key of [first, second, third]) {
      const read = parseNodeKey(formatNodeKey(key));
      expect([read.nodeId, read.keyId, read.changes]).toEqual([key.nodeId, key.keyId, key.changes]);
    }
    const torn = formatNodeKey(third).replace(
      /-----BEGIN HEADCOUNT[\s\S]*?-----END HEADCOUNT KEY CHANGE-----\n/,
      '',
    );
    expect(reasonOf(() => parseNodeKey(torn))).toBe('bad-key-chain');
  });
});
