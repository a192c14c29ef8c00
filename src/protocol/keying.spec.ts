import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signCard } from './card.js';
import { type CharterFields, follows, openCharter, signCharter } from './charter.js';
import { signEnvelope } from './envelope.js';
import { type KeyingFields, openKeying, signKeying } from './keying.js';
import { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { openRoster, signRoster } from './signed-roster.js';
import { formatSignedSet } from './signed-set.js';

const keys = [NodeKey.generate(), NodeKey.generate(), NodeKey.generate()];
const [key, second, third] = keys as [NodeKey, NodeKey, NodeKey];
const cardOf = (of: NodeKey) =>
  signCard(
    { name: 'x', url: null, software: { name: 'x', version: '1' }, listed: true, counting: true, version: 1 },
    of,
  );
const issuedAt = '2026-11-22T12:00:00Z';
const keying: KeyingFields = {
  ...{ card: cardOf(key), issuedAt, number: 1, federation: 'fed-1', chain: 'e14e09d9', epoch: 3 },
  ...{ before: '4dbc0b662b9043db', first: '2026-12-19', last: '2027-01-17' },
  fresh: { sha256: 'a'.repeat(64), name: 'aaaaaaaa', check: 'b'.repeat(16) },
  cut: { from: '2026-11-23', name: 'cccccccc', check: 'd'.repeat(16), sha256: 'e'.repeat(64), why: 'a leak' },
  endorses: [[second.nodeId, 'A'.repeat(43)]],
};
const charter: CharterFields = {
  ...{ v: 1, federation: 'fed-1', name: 'Ours', mode: 'hub', dayZero: '2026-10-20', epochDays: 30 },
  ...{ identity: 'ip/1', format: 'hyll-p14-m64a', sketchMinimum: 0, threshold: 1, number: 1, previous: null },
  ...{ stewards: [key.nodeId], issuedAt },
};
const roster = {
  ...{ federation: 'fed-1', charter: 'a'.repeat(64), number: 1, issuedAt, expiresAt: '2026-12-20T12:00:00Z' },
  members: [[key.nodeId, null, 'member' as const, true, 'active' as const, '2026-11-01']] as never[],
};
const charterText = (fields: CharterFields, signers: readonly NodeKey[]) =>
  formatSignedSet(
    signers.map((one) => signCharter(fields, one)),
    signers.map(cardOf),
  );

const DECODERS: [string, string, (text: string) => unknown][] = [
  ['keying', signKeying(keying, key), openKeying],
  ['charter', charterText(charter, [key]), openCharter],
  ['roster', signRoster(roster, key, cardOf(key)), openRoster],
];

function reasonOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

/** Space around an envelope's fields changes nothing that was signed. */
function saysTheSame(changed: string, text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(changed)) === JSON.stringify(JSON.parse(text));
  } catch {
    return false;
  }
}

describe.each(DECODERS)('a %s', (_kind, text, open) => {
  it('reads back', () => {
    expect(reasonOf(() => open(text))).toBeNull();
  });

  it('is refused cut anywhere, or with any character changed, and never crashes', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (at, other) => {
        expect(reasonOf(() => open(text.slice(0, at)))).not.toBeNull();
        const changed = text.slice(0, at) + other + text.slice(at + other.length);
        if (!saysTheSame(changed, text)) expect(reasonOf(() => open(changed))).not.toBeNull();
      }),
      { numRuns: 100, examples: [[text.length - 1, ' }']] },
    );
  });

  it('is refused as anything at all', () => {
    fc.assert(fc.property(fc.string(), (any) => expect(reasonOf(() => open(any))).not.toBeNull()));
    fc.assert(fc.property(fc.json(), (any) => expect(reasonOf(() => open(any))).not.toBeNull()));
  });
});

describe('the fields of a keying', () => {
  const fields = { v: 1, from: key.nodeId, ...keying };
  const opened = (changed: object) => reasonOf(() => openKeying(signEnvelope('keying', changed, key)));

  it.each(Object.keys(fields))('%s may not be left out, nor be something else', (name) => {
    const { [name as 'chain']: _, ...rest } = fields;
    expect(opened(rest)).toBe('bad-schema');
    expect(opened({ ...fields, [name]: true })).toBe('bad-schema');
    expect(opened({ ...fields, [name]: '\u0000' })).not.toBeNull();
  });

  it('are the signer’s own, under its own card', () => {
    expect(reasonOf(() => openKeying(signKeying(keying, second)))).toBe('not-its-own-key');
    expect(opened({ ...fields, from: second.nodeId })).toBe('not-its-own-key');
  });

  it('may not stand twice', () => {
    const twice = `${JSON.stringify(fields).slice(0, -1)},"epoch":4}`;
    const payload = Buffer.from(twice).toString('base64');
    const envelope = { ...JSON.parse(signKeying(keying, key)), payload };
    expect(reasonOf(() => openKeying(JSON.stringify(envelope)))).not.toBeNull();
  });
});

describe('a charter', () => {
  const first = openCharter(
    charterText({ ...charter, stewards: keys.map(({ nodeId }) => nodeId), threshold: 2 }, [key, second]),
  );
  const next = { ...first.fields, number: 2, previous: first.id, stewards: [third.nodeId], threshold: 1 };

  it('takes as many of the stewards before it as they agreed on', () => {
    expect(follows(first, null)).toBe(true);
    expect(follows(openCharter(charterText(next, [key, third])), first)).toBe(true);
    expect(follows(openCharter(charterText(next, [third])), first)).toBe(false);
    expect(follows(openCharter(charterText(next, [key, NodeKey.generate()])), first)).toBe(false);
    expect(follows(openCharter(charterText({ ...next, number: 3 }, keys)), first)).toBe(false);
    expect(follows(openCharter(charterText({ ...next, previous: 'f'.repeat(64) }, keys)), first)).toBe(false);
  });

  it('does not count one steward twice', () => {
    const text = formatSignedSet([signCharter(next, key), signCharter(next, key)], [cardOf(key)]);
    expect(reasonOf(() => openCharter(text))).toBe('not-an-envelope');
    const other = formatSignedSet(
      [signCharter(next, key), signCharter(charter, second)],
      [cardOf(key), cardOf(second)],
    );
    expect(reasonOf(() => openCharter(other))).toBe('not-an-envelope');
  });
});
