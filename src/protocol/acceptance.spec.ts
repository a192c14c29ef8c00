import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { acceptReport, compareToNewest } from './acceptance.js';
import { openCard, signCard } from './card.js';
import { signEnvelope } from './envelope.js';
import { onlyKey } from './key-chain.js';
import { NodeKey, nodeIdOf, parsePublicKey } from './node-key.js';
import { Refusal } from './refusal.js';

const KEY = NodeKey.generate();
const OTHER = NodeKey.generate();
const NOW_MS = Date.parse('2026-11-22T14:00:00Z');

const REPORT = {
  v: 1,
  federation: 'fed',
  origin: KEY.nodeId,
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

const keys = new Map([KEY, OTHER].map((key) => [key.nodeId, onlyKey(key.publicKey)]));
const terms = { federation: 'fed', keyOf: (id: string) => keys.get(id) ?? null, nowMs: NOW_MS };

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'accepted';
}

const signed = (changes: object = {}, key = KEY) => signEnvelope('report', { ...REPORT, ...changes }, key);
const without = (field: keyof typeof REPORT) => {
  const { [field]: _, ...rest } = REPORT;
  return signEnvelope('report', rest, KEY);
};
/** The envelope's own JSON, changed after it was signed. */
function tampered(change: (envelope: Record<string, unknown>) => void, text = signed()): string {
  const envelope = JSON.parse(text) as Record<string, unknown>;
  change(envelope);
  return JSON.stringify(envelope);
}
function signedBytes(payload: string): string {
  const bytes = Buffer.from(payload);
  const raw = JSON.parse(signEnvelope('report', {}, KEY)) as { payloadType: string };
  const pae = Buffer.concat([
    Buffer.from(`DSSEv1 ${raw.payloadType.length} ${raw.payloadType} ${bytes.length} `),
    bytes,
  ]);
  const sig = Buffer.from(KEY.sign(pae)).toString('base64');
  return JSON.stringify({
    payload: bytes.toString('base64'),
    payloadType: raw.payloadType,
    signatures: [{ keyid: KEY.nodeId, sig }],
  });
}
type Signatures = { keyid: string; sig: string }[];

const seconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const at = (issuedMs: number, more: object = {}) =>
  signed({ issuedAt: seconds(issuedMs), seq: issuedMs, validUntil: seconds(issuedMs + 3_600_000), ...more });

describe('acceptReport', () => {
  it('accepts a report as it is, with fields that it does not know', () => {
    expect(acceptReport(signed({ later: true }), terms).report).toMatchObject({ ...REPORT, later: true });
  });

  it('calls a passed validUntil stale, not refused', () => {
    const issuedMs = NOW_MS - 20 * 86_400_000;
    expect(reasonOf(() => acceptReport(at(issuedMs, { day: '2026-11-02' }), terms))).toBe('accepted');
  });

  const mutations: [what: string, envelope: string, reason: string][] = [
    ['more bytes than the limit', signed({ pad: 'x'.repeat(9000) }), 'too-large'],
    ['text that is far too long', 'x'.repeat(100_000), 'too-large'],
    ['nothing', '', 'not-an-envelope'],
    ['no JSON', '{', 'not-an-envelope'],
    ['an array', '[]', 'not-an-envelope'],
    ['null', 'null', 'not-an-envelope'],
    ['no payload', tampered((e) => delete e.payload), 'not-an-envelope'],
    ['no type', tampered((e) => delete e.payloadType), 'not-an-envelope'],
    ['no signatures', tampered((e) => delete e.signatures), 'not-an-envelope'],
    ['an empty list of signatures', tampered((e) => (e.signatures = [])), 'not-an-envelope'],
    [
      'two signatures',
      tampered((e) => (e.signatures = [...(e.signatures as Signatures), ...(e.signatures as Signatures)])),
      'not-an-envelope',
    ],
    ['a field more', tampered((e) => (e.extra = 1)), 'not-an-envelope'],
    ['a field twice', signed().replace('{"payload"', '{"payload":"","payload"'), 'not-an-envelope'],
    ['base64 with white space', tampered((e) => (e.payload = ` ${e.payload}`)), 'not-an-envelope'],
    [
      'base64url instead of base64',
      tampered((e) => (e.payload = `${e.payload}`.replace(/=*$/, '')), signed({ pad: 'a' })),
      'not-an-envelope',
    ],
    [
      'a short signature',
      tampered((e) => ((e.signatures as Signatures)[0]!.sig = 'AAAA')),
      'not-an-envelope',
    ],
    [
      'a signature in hex',
      tampered((e) => ((e.signatures as Signatures)[0]!.sig = 'ab'.repeat(44))),
      'not-an-envelope',
    ],
    [
      'a type of another protocol',
      tampered((e) => (e.payloadType = 'application/vnd.in-toto+json')),
      'not-an-envelope',
    ],
    [
      'a type of another version',
      tampered((e) => (e.payloadType = 'application/vnd.headcount.report.v2+json')),
      'not-an-envelope',
    ],
    ['an object of another kind', signEnvelope('card', REPORT, KEY), 'other-kind'],
    [
      'another kind written over it',
      tampered((e) => (e.payloadType = 'application/vnd.headcount.card.v1+json')),
      'other-kind',
    ],
    ['a stranger’s key', signEnvelope('report', REPORT, NodeKey.generate()), 'unknown-key'],
    ['a key id that is none', tampered((e) => ((e.signatures as Signatures)[0]!.keyid = 'x')), 'unknown-key'],
    [
      'somebody else’s key id',
      tampered((e) => ((e.signatures as Signatures)[0]!.keyid = OTHER.nodeId)),
      'bad-signature',
    ],
    [
      'a signature of zeros',
      tampered((e) => ((e.signatures as Signatures)[0]!.sig = Buffer.alloc(64).toString('base64'))),
      'bad-signature',
    ],
    [
      'another payload under the signature',
      tampered((e) => (e.payload = Buffer.from('{}').toString('base64'))),
      'bad-signature',
    ],
    ['a payload that is no JSON', signedBytes('{"v":1'), 'bad-json'],
    ['a key twice in the payload', signedBytes('{"v":1,"v":1}'), 'bad-json'],
    ['a number that no double holds', signedBytes('{"v":9007199254740993}'), 'bad-json'],
    ['an endless number', signedBytes('{"v":1e999}'), 'bad-json'],
    ['a lone surrogate', signedBytes('{"v":"\\ud800"}'), 'bad-json'],
    ['a payload of seventeen levels', signedBytes(`${'['.repeat(18)}${']'.repeat(18)}`), 'bad-json'],
    ['__proto__', signedBytes('{"__proto__":{}}'), 'bad-json'],
    ...(Object.keys(REPORT) as (keyof typeof REPORT)[]).map((field): [string, string, string] => [
      `no ${field}`,
      without(field),
      'bad-schema',
    ]),
    ['another version', signed({ v: 2 }), 'bad-schema'],
    ['a day that does not exist', signed({ day: '2026-02-30' }), 'bad-schema'],
    ['a day that is no day', signed({ day: 'today' }), 'bad-schema'],
    ['negative hits', signed({ hits: -1 }), 'bad-schema'],
    ['half a hit', signed({ hits: 1.5 }), 'bad-schema'],
    ['uniques as text', signed({ uniques: '4' }), 'bad-schema'],
    ['seq 0', signed({ seq: 0 }), 'bad-schema'],
    ['a local time', signed({ issuedAt: '2026-11-22T14:00:00+01:00' }), 'bad-schema'],
    ['milliseconds', signed({ issuedAt: '2026-11-22T14:00:00.000Z' }), 'bad-schema'],
    ['an hour that does not exist', signed({ issuedAt: '2026-11-22T25:00:00Z' }), 'bad-schema'],
    ['no 30-day window', signed({ windows: { '7d': 1, all: 1 } }), 'bad-schema'],
    ['a key name that is none', signed({ sketches: { '41': REPORT.sketches['1f2e3d4c.41'] } }), 'bad-schema'],
    ['a digest that is none', signed({ sketches: { '1f2e3d4c.41': 'md5:00' } }), 'bad-schema'],
    [
      'five sketches',
      signed({
        sketches: Object.fromEntries(
          [1, 2, 3, 4, 5].map((e) => [`1f2e3d4c.${e}`, REPORT.sketches['1f2e3d4c.41']]),
        ),
      }),
      'bad-schema',
    ],
    ['an origin that is no node id', signed({ origin: 'me' }), 'bad-schema'],
    ['closed as a word', signed({ closed: 'false' }), 'bad-schema'],
    ['a report about somebody else', signed({ origin: OTHER.nodeId }), 'not-its-own-key'],
    ['a report signed again by another member', signed({}, OTHER), 'not-its-own-key'],
    ['another federation', signed({ federation: 'other' }), 'other-federation'],
    ['another format', signed({ format: 'theta' }), 'other-format'],
    ['a report from the future', at(NOW_MS + 301_000), 'issued-in-the-future'],
    [
      'a report valid for 49 hours',
      at(NOW_MS, { validUntil: seconds(NOW_MS + 49 * 3_600_000) }),
      'valid-too-long',
    ],
    [
      'a report that lapses before it is issued',
      at(NOW_MS, { validUntil: seconds(NOW_MS - 1000) }),
      'valid-too-long',
    ],
    ['a seq far ahead of its time', signed({ seq: NOW_MS + 300_001 }), 'seq-off-time'],
    ['a seq far behind its time', signed({ seq: NOW_MS - 300_001 }), 'seq-off-time'],
    ['a day too long ago', signed({ day: '2026-09-19' }), 'day-out-of-range'],
    ['the day after tomorrow', signed({ day: '2026-11-24' }), 'day-out-of-range'],
  ];

  it.each(mutations)('refuses %s', (_what, envelope, reason) => {
    expect(reasonOf(() => acceptReport(envelope, terms))).toBe(reason);
  });

  it('is tried by more than sixty classes of mutations', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(60);
  });

  it('accepts the first and the last day and the edges of the times', () => {
    for (const day of ['2026-09-20', '2026-11-23'])
      expect(acceptReport(signed({ day }), terms).report.day).toBe(day);
    expect(acceptReport(at(NOW_MS + 300_000), terms).report.seq).toBe(NOW_MS + 300_000);
    expect(acceptReport(signed({ seq: NOW_MS + 300_000 }), terms).report.seq).toBe(NOW_MS + 300_000);
  });

  it('fails whichever bit of a signed report is flipped', () => {
    const envelope = JSON.parse(signed()) as { payload: string };
    const payload = Buffer.from(envelope.payload, 'base64');
    for (let bit = 0; bit < payload.length * 8; bit += 7) {
      const flipped = Buffer.from(payload);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const text = tampered((e) => (e.payload = flipped.toString('base64')));
      expect(reasonOf(() => acceptReport(text, terms))).toBe('bad-signature');
    }
  });

  it('throws nothing but refusals, whatever comes', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 400 }),
      fc.json().map((json) => signedBytes(json)),
      fc
        .record({ payload: fc.base64String(), payloadType: fc.string(), signatures: fc.array(fc.anything()) })
        .map((e) => JSON.stringify(e)),
      fc
        .tuple(fc.constantFrom(...Object.keys(REPORT)), fc.jsonValue())
        .map(([field, value]) => signed({ [field]: value })),
    );
    fc.assert(
      fc.property(text, (envelope) => void reasonOf(() => acceptReport(envelope, terms))),
      { numRuns: 600 },
    );
  });
});

describe('compareToNewest', () => {
  const newest = { seq: 10, reportId: 'a' };

  it.each([
    ['a first report', { seq: 1, reportId: 'a' }, null, 'new'],
    ['a higher seq', { seq: 11, reportId: 'b' }, newest, 'new'],
    ['the same again', { seq: 10, reportId: 'a' }, newest, 'same'],
  ])('%s', (_what, arriving, standing, expected) => {
    expect(compareToNewest(arriving, standing)).toBe(expected);
  });

  it.each([
    ['an old one', { seq: 9, reportId: 'b' }, 'seq-too-low'],
    ['another of the same seq', { seq: 10, reportId: 'b' }, 'equivocation'],
  ])('refuses %s', (_what, arriving, reason) => {
    expect(reasonOf(() => compareToNewest(arriving, newest))).toBe(reason);
  });
});

describe('openCard', () => {
  const FIELDS = {
    name: 'Node',
    url: 'https://node.example',
    software: { name: 'headcount', version: '1' },
    listed: true,
    counting: true,
    version: 1,
  };

  it('opens what its own key signed', () => {
    expect(openCard(signCard(FIELDS, KEY))).toMatchObject({
      ...FIELDS,
      node: KEY.nodeId,
      publicKey: KEY.publicKey,
    });
  });

  const base = {
    v: 1,
    node: KEY.nodeId,
    publicKey: Buffer.from(KEY.publicKey).toString('base64url'),
    protocol: [1],
    ...FIELDS,
  };
  const card = (changes: object, key = KEY) => signEnvelope('card', { ...base, ...changes }, key);

  it.each([
    ['signed by another node', card({}, OTHER), 'not-its-own-key'],
    ['for another node', card({ node: OTHER.nodeId }), 'not-its-own-key'],
    [
      'with another key',
      card({ publicKey: Buffer.from(OTHER.publicKey).toString('base64url') }),
      'not-its-own-key',
    ],
    ['with a key of small order', card({ publicKey: `AQ${'A'.repeat(41)}` }), 'bad-key'],
    [
      'with a key that is not canonical',
      card({ publicKey: Buffer.alloc(32, 0xff).toString('base64url') }),
      'bad-key',
    ],
    ['with a short key', card({ publicKey: 'AAAA' }), 'bad-schema'],
    ['with control characters in its name', card({ name: 'a\u0007b' }), 'bad-schema'],
    ['with a name that turns its direction', card({ name: 'a\u202eb' }), 'bad-schema'],
    ['with an endless name', card({ name: 'x'.repeat(81) }), 'bad-schema'],
    ['with a javascript URL', card({ url: 'javascript:alert(1)' }), 'bad-schema'],
    ['with credentials in its URL', card({ url: 'https://a:b@node.example' }), 'bad-schema'],
    ['with version 0', card({ version: 0 }), 'bad-schema'],
    ['that is a report', signed(), 'other-kind'],
    ['that is endless', card({ pad: 'x'.repeat(9000) }), 'too-large'],
  ])('refuses a card %s', (_what, text, reason) => {
    expect(reasonOf(() => openCard(text))).toBe(reason);
  });
});

describe('parsePublicKey', () => {
  it('refuses every point of small order, with either sign', () => {
    const ySmall = [
      '0100000000000000000000000000000000000000000000000000000000000000',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '0000000000000000000000000000000000000000000000000000000000000000',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ];
    for (const y of ySmall) {
      for (const sign of [0, 0x80]) {
        const bytes = Buffer.from(y, 'hex');
        bytes[31]! |= sign;
        expect(reasonOf(() => parsePublicKey(bytes.toString('base64url')))).toBe('bad-key');
      }
    }
  });

  it('gives each key one name', () => {
    expect(nodeIdOf(KEY.publicKey)).toBe(KEY.nodeId);
    expect(NodeKey.fromPem(KEY.toPem()).nodeId).toBe(KEY.nodeId);
  });
});
