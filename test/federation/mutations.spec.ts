import { constants, deflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, dayOf } from '../../src/clock/day.js';
import type { OutgoingRequest } from '../../src/federation/core/transport.js';
import { openCard, signCard } from '../../src/protocol/card.js';
import { contentDigest } from '../../src/protocol/content-digest.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { signRequest } from '../../src/protocol/http-signature.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { packSketch } from '../../src/protocol/sketch-transfer.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import { Sketch } from '../../src/sketch/sketch.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

const TYPE = 'application/vnd.headcount.v1+json';
const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const STRANGER = NodeKey.generate();

let clock: ManualClock;
let network: MemoryNetwork;
let hub: TestNode;
let member: TestNode;
/** The member's push of today, as it was sent and taken. */
let push: { reports: string[]; sketches: Record<string, string> };
let report: Record<string, unknown> & { origin: string; sketches: Record<string, string>; seq: number };

beforeAll(async () => {
  clock = new ManualClock(NOW_MS);
  network = new MemoryNetwork('mutations');
  hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  member = await TestNode.start(network, clock, { name: 'member', role: 'member', hub: addressOf('hub') });
  await member.keys.found('Mutations', false);
  await hub.join(member.keys.line(false));
  await member.round();
  await hub.federation.approve(member.nodeId, { trusted: true });
  await member.visit('10.0.0.1', '10.0.0.2', '10.0.0.3');
  await member.round();
  const sent = network.requests.find(({ url }) => url.endsWith('/reports'))!;
  push = JSON.parse(Buffer.from(sent.body!).toString());
  const { payload } = JSON.parse(push.reports[0]!);
  report = JSON.parse(Buffer.from(payload, 'base64').toString());
});

let nonces = 0;
interface Sending {
  call?: string;
  method?: 'GET' | 'POST' | 'PUT';
  body?: string | null;
  key?: NodeKey;
  /** When the signature is made. */
  nowMs?: number;
  nonce?: string;
  /** Signed for another URL than it is sent to. */
  signedUrl?: string;
}

/** A request that the member signs: by default its own push, once more. */
function signed({
  call = 'reports',
  method = 'POST',
  body = JSON.stringify(push),
  key = member.key,
  nowMs = clock.nowMs(),
  nonce = `mutation-${nonces++}`.padEnd(24, 'x'),
  signedUrl,
}: Sending = {}): OutgoingRequest {
  const url = `${addressOf('hub').url}/federation/v1/${call}`;
  const bytes = body === null ? null : Buffer.from(body);
  const content = bytes ? { body: bytes, contentType: TYPE } : {};
  const headers = signRequest({ method, url: signedUrl ?? url, ...content }, key, { nowMs, nonce });
  return { method, url, headers, body: bytes, responseBytesMax: 1_000_000 };
}

const withHeader = (name: string, change: (value: string) => string, request = signed()) => ({
  ...request,
  headers: { ...request.headers, [name]: change(request.headers[name]!) },
});
const withoutHeader = (name: string) => {
  const { headers, ...request } = signed();
  return { ...request, headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)) };
};
const input = (change: (value: string) => string) => withHeader('signature-input', change);
const signature = (change: (value: string) => string) => withHeader('signature', change);
const withBody = (body: string) => ({ ...signed(), body: Buffer.from(body) });
const moved = (call: string) => ({ ...signed(), url: `${addressOf('hub').url}/federation/v1/${call}` });

const asked = (call: string, body: unknown, more: Sending = {}) =>
  signed({ call, body: JSON.stringify(body), ...more });
const pushed = (envelope: string, sketches: Record<string, string> = push.sketches) =>
  asked('reports', { reports: [envelope], sketches });
/** A later report of the same day, changed, and signed as it is. */
const reported = (changes: object = {}, sketches?: Record<string, string>, key = member.key) => {
  const seq = Math.max(report.seq, clock.nowMs()) + 500;
  return pushed(signEnvelope('report', { ...report, ...later(seq), ...changes }, key), sketches);
};
const later = (seq: number) => ({ seq, issuedAt: instant(seq), validUntil: instant(seq + 3_600_000) });
const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const envelope = (change: (envelope: Envelope) => void) => {
  const changed = JSON.parse(
    signEnvelope('report', { ...report, ...later(clock.nowMs() + 500) }, member.key),
  );
  change(changed);
  return pushed(JSON.stringify(changed));
};
interface Envelope {
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
  [more: string]: unknown;
}

const digestOf = () => Object.values(report.sketches)[0]!;
const NEW_DIGEST = `sha256:${'ab'.repeat(32)}`;
const naming = (digests: Record<string, string>, packed: Record<string, string>) =>
  reported({ sketches: digests }, packed);
/** Names a sketch that nobody has, and brings these bytes for it. */
const bringing = (bytes: Uint8Array) =>
  naming(
    { [Object.keys(report.sketches)[0]!]: NEW_DIGEST },
    { [NEW_DIGEST]: Buffer.from(bytes).toString('base64') },
  );
/** A sketch with one more register than another. */
const grownFrom = (digest: string) => {
  const risen = new Sketch();
  risen.registers[7] = 40;
  const base = Buffer.from(digest.slice('sha256:'.length), 'hex');
  return Buffer.concat([Buffer.from('GREW'), base, packSketch(encodeHyll(risen))]);
};
const huffman = (bytes: Uint8Array) => deflateRawSync(bytes, { strategy: constants.Z_HUFFMAN_ONLY });

const CARD = {
  ...{ name: 'x', url: null, listed: false, counting: true, version: 1 },
  software: { name: 'x', version: '1' },
};
const pulled = () => [member.nodeId, dayOf(NOW_MS), 'ab'.repeat(32)];
const card = (changes: object = {}, key = STRANGER) => signCard({ ...CARD, ...changes }, key);
const joining = (text: string, more: Sending = {}) =>
  asked('join', { card: text }, { key: STRANGER, ...more });

type Mutation = [what: string, make: () => OutgoingRequest, reason: string];

const requests: Mutation[] = [
  ['no signature', () => withoutHeader('signature'), 'signature-missing'],
  ['no signature input', () => withoutHeader('signature-input'), 'signature-missing'],
  ['another label', () => input((v) => v.replace('headcount=', 'sig1=')), 'signature-malformed'],
  ['two labels', () => input((v) => `${v}, sig2=("@method")`), 'signature-malformed'],
  ['the label twice', () => input((v) => `${v}, ${v}`), 'signature-malformed'],
  ['two signatures', () => signature((v) => `${v}, sig2=:AAAA:`), 'signature-malformed'],
  ['a label in capitals', () => input((v) => v.replace('headcount=', 'Headcount=')), 'signature-malformed'],
  ...['@method', '@authority', '@path', '@query', 'content-type', 'content-digest'].flatMap(
    (component): Mutation[] => [
      [
        `${component} left out`,
        () =>
          input((v) =>
            v.replace(`"${component}"`, '').replace('  ', ' ').replace('( ', '(').replace(' )', ')'),
          ),
        'signature-malformed',
      ],
      [
        `${component} twice`,
        () => input((v) => v.replace(`"${component}"`, `"${component}" "${component}"`)),
        'signature-malformed',
      ],
    ],
  ),
  [
    'components in another order',
    () => input((v) => v.replace('"@method" "@authority"', '"@authority" "@method"')),
    'signature-malformed',
  ],
  ['a component more', () => input((v) => v.replace('"@query"', '"@query" "date"')), 'signature-malformed'],
  ['@target-uri instead', () => input((v) => v.replace('"@path"', '"@target-uri"')), 'signature-malformed'],
  [
    'a parameter at a component',
    () => input((v) => v.replace('"@path"', '"@path";sf')),
    'signature-malformed',
  ],
  [
    'components as tokens',
    () => input((v) => v.replace('"content-type"', 'content-type')),
    'signature-malformed',
  ],
  ...['created', 'expires', 'nonce', 'keyid', 'tag'].flatMap((name): Mutation[] => [
    [
      `no ${name}`,
      () => input((v) => v.replace(new RegExp(`;${name}=("[^"]*"|\\d+)`), '')),
      'signature-malformed',
    ],
    [
      `${name} as a flag`,
      () => input((v) => v.replace(new RegExp(`;${name}=("[^"]*"|\\d+)`), `;${name}`)),
      'signature-malformed',
    ],
  ]),
  [
    'parameters in another order',
    () => input((v) => v.replace(/;created=(\d+);expires=(\d+)/, ';expires=$2;created=$1')),
    'signature-malformed',
  ],
  ['an algorithm', () => input((v) => `${v};alg="ed25519"`), 'signature-malformed'],
  ['another algorithm', () => input((v) => `${v};alg="hmac-sha256"`), 'signature-malformed'],
  ['another tag', () => input((v) => v.replace('headcount-v1', 'headcount-v2')), 'signature-malformed'],
  ['created as text', () => input((v) => v.replace(/created=(\d+)/, 'created="$1"')), 'signature-malformed'],
  ['created changed', () => input((v) => v.replace(/created=\d/, 'created=0')), 'signature-valid-too-long'],
  [
    'expires put off',
    () => input((v) => v.replace(/expires=(\d+)/, (_, s) => `expires=${Number(s) + 600}`)),
    'signature-valid-too-long',
  ],
  ['a nonce changed', () => input((v) => v.replace(/nonce="m/, 'nonce="n')), 'bad-signature'],
  ['a short nonce', () => input((v) => v.replace(/nonce="[^"]*"/, 'nonce="abc"')), 'signature-malformed'],
  ['a nonce once more', () => signed({ nonce: 'the-same-nonce-in-all-runs' }), 'nonce-repeated'],
  ['the key id of another', () => input((v) => v.replace(member.nodeId, hubPeer())), 'bad-signature'],
  ['the key id of nobody', () => signed({ key: STRANGER }), 'unknown-key'],
  ['a key id that is none', () => input((v) => v.replace(member.nodeId, 'member')), 'signature-malformed'],
  ['a signature before its time', () => signed({ nowMs: NOW_MS + 900_000 }), 'signature-not-yet-valid'],
  ['a signature of yesterday', () => signed({ nowMs: NOW_MS - 86_400_000 }), 'signature-expired'],
  ['a signature in base64url', () => signature((v) => v.replace(/[+/=]/g, '_')), 'signature-malformed'],
  ['a signature as text', () => signature(() => 'headcount="AAAA"'), 'signature-malformed'],
  ['a signature with a parameter', () => signature((v) => `${v};x`), 'signature-malformed'],
  ['a short signature', () => signature(() => 'headcount=:AAAA:'), 'bad-signature'],
  [
    'a signature of zeros',
    () => signature(() => `headcount=:${Buffer.alloc(64).toString('base64')}:`),
    'bad-signature',
  ],
  ['another method', () => ({ ...signed(), method: 'PUT' as const }), 'bad-signature'],
  ['another path', () => moved('digest'), 'bad-signature'],
  ['a query more', () => moved('reports?x=1'), 'bad-signature'],
  ['another host', () => signed({ signedUrl: 'http://other.test/federation/v1/reports' }), 'bad-signature'],
  ['another port', () => signed({ signedUrl: 'http://hub.test:81/federation/v1/reports' }), 'bad-signature'],
  ['another content type', () => withHeader('content-type', () => 'application/json'), 'bad-signature'],
  [
    'another digest',
    () => withHeader('content-digest', () => contentDigest(Buffer.from('x'))),
    'bad-signature',
  ],
  ['no digest', () => withoutHeader('content-digest'), 'bad-signature'],
  ['another body', () => withBody('{"reports":["{}"],"sketches":{}}'), 'digest-mismatch'],
  ['a body cut off', () => withBody(JSON.stringify(push).slice(0, -1)), 'digest-mismatch'],
  ['an empty body', () => withBody(''), 'digest-mismatch'],
  [
    'a body that no signature covers',
    () => ({ ...signed({ method: 'GET', body: null }), method: 'POST' as const }),
    'signature-malformed',
  ],
];

const bodies: Mutation[] = [
  ['a body that is no JSON', () => signed({ body: '{"reports":' }), 'bad-json'],
  ['a key twice in the body', () => signed({ body: '{"reports":[],"reports":[]}' }), 'bad-json'],
  ['no reports', () => asked('reports', { reports: [], sketches: {} }), 'bad-schema'],
  [
    'too many reports',
    () => asked('reports', { reports: Array(201).fill('{}'), sketches: {} }),
    'bad-schema',
  ],
  ['sketches under no digest', () => asked('reports', { ...push, sketches: { x: 'AAAA' } }), 'bad-schema'],
  [
    'sketches in base64url',
    () => asked('reports', { ...push, sketches: { [NEW_DIGEST]: 'A_-A' } }),
    'bad-schema',
  ],
  ['a question about nothing', () => asked('digest', { ask: 'everything' }), 'bad-schema'],
  ['a digest of no days', () => asked('digest', { ask: 'entries', days: [] }), 'bad-schema'],
  [
    'a bucket that is none',
    () => asked('digest', { ask: 'entries', days: [dayOf(NOW_MS)], buckets: [256] }),
    'bad-schema',
  ],
  ['a pull of too many', () => asked('pull', { reports: Array(201).fill(pulled()) }), 'bad-schema'],
  ['too many cards', () => asked('reports', { ...push, cards: Array(33).fill(card()) }), 'bad-schema'],
  ['a card that is too long', () => asked('reports', { ...push, cards: ['x'.repeat(12_289)] }), 'bad-schema'],
  ['cards that are none', () => asked('reports', { ...push, cards: [{}] }), 'bad-schema'],
  [
    'a pull of some cards',
    () => asked('pull', { reports: [pulled()], cards: [member.nodeId] }),
    'bad-schema',
  ],
  ['too many proofs', () => asked('proofs', { known: [], proofs: Array(33).fill('{}') }), 'bad-schema'],
  ['a letter that is none', () => asked('keys/any', { letter: '{}' }, { method: 'PUT' }), 'not-an-envelope'],
  [
    'introductions of a node that is no hub',
    () => asked('introductions', { members: [{ card: card(), status: 'active' }] }),
    'not-a-sub-hub',
  ],
  [
    'letters of somebody else',
    () => signed({ call: `keys/${hubPeer()}`, method: 'GET', body: null }),
    'not-its-own-key',
  ],
];

const joins: Mutation[] = [
  ['a card signed by another', () => joining(card(), { key: member.key }), 'unknown-key'],
  ['a card with a bell in its name', () => joining(card({ name: 'a\u0007b' })), 'bad-schema'],
  [
    'a card with colours in its software',
    () => joining(card({ software: { name: '\u001b[31m', version: '1' } })),
    'bad-schema',
  ],
  ['a card that turns its direction', () => joining(card({ name: 'a\u202eb' })), 'bad-schema'],
  ['a card with a javascript URL', () => joining(card({ url: 'javascript:alert(1)' })), 'bad-schema'],
  ['a card that is a report', () => joining(push.reports[0]!), 'other-kind'],
  [
    'a card with a key of small order',
    () => joining(signEnvelope('card', { ...openedCard(), publicKey: `AQ${'A'.repeat(41)}` }, STRANGER)),
    'bad-key',
  ],
];

const reports: Mutation[] = [
  ['another kind', () => pushed(signEnvelope('proof', report, member.key)), 'other-kind'],
  [
    'another payload type',
    () =>
      envelope((e) => {
        e.payloadType = 'text/plain';
      }),
    'not-an-envelope',
  ],
  [
    'two signatures',
    () =>
      envelope((e) => {
        e.signatures.push(e.signatures[0]!);
      }),
    'not-an-envelope',
  ],
  [
    'no signature',
    () =>
      envelope((e) => {
        e.signatures = [];
      }),
    'not-an-envelope',
  ],
  [
    'a field outside',
    () =>
      envelope((e) => {
        e.extra = 1;
      }),
    'not-an-envelope',
  ],
  [
    'a payload with white space',
    () =>
      envelope((e) => {
        e.payload = `${e.payload} `;
      }),
    'not-an-envelope',
  ],
  [
    'a signature cut off',
    () =>
      envelope((e) => {
        e.signatures[0]!.sig = e.signatures[0]!.sig.slice(0, 84);
      }),
    'not-an-envelope',
  ],
  [
    'the key id of another',
    () =>
      envelope((e) => {
        e.signatures[0]!.keyid = hubPeer();
      }),
    'bad-signature',
  ],
  [
    'the key id of nobody',
    () =>
      envelope((e) => {
        e.signatures[0]!.keyid = STRANGER.nodeId;
      }),
    'unknown-key',
  ],
  [
    'one bit of the payload',
    () =>
      envelope((e) => {
        e.payload = `${e.payload[0] === 'e' ? 'f' : 'e'}${e.payload.slice(1)}`;
      }),
    'bad-signature',
  ],
  ...[
    'v',
    'federation',
    'origin',
    'day',
    'seq',
    'issuedAt',
    'validUntil',
    'closed',
    'format',
    'identity',
    'hits',
    'uniques',
    'windows',
    'sketches',
  ].map((field): Mutation => [`no ${field}`, () => reported({ [field]: undefined }), 'bad-schema']),
  ['hits below zero', () => reported({ hits: -1 }), 'bad-schema'],
  ['hits beyond 2^53', () => reported({ hits: 2 ** 53 }), 'bad-json'],
  ['uniques as text', () => reported({ uniques: '3' }), 'bad-schema'],
  ['a day that is none', () => reported({ day: '2026-02-30' }), 'bad-schema'],
  ['another origin', () => reported({ origin: STRANGER.nodeId }), 'not-its-own-key'],
  ['another federation', () => reported({ federation: 'x'.repeat(32) }), 'other-federation'],
  ['another format', () => reported({ format: 'theta' }), 'other-format'],
  ['a report of the future', () => reported(later(NOW_MS + 3_600_000)), 'issued-in-the-future'],
  ['valid for a week', () => reported({ validUntil: instant(NOW_MS + 7 * 86_400_000) }), 'valid-too-long'],
  ['a seq off its time', () => reported({ seq: NOW_MS + 10_000_000 }), 'seq-off-time'],
  ['a day long ago', () => reported({ day: addDays(dayOf(NOW_MS), -64) }), 'day-out-of-range'],
  ['the day after tomorrow', () => reported({ day: addDays(dayOf(NOW_MS), 2) }), 'day-out-of-range'],
  ['an older seq', () => reported(later(NOW_MS - 60_000)), 'seq-too-low'],
  ['a report a moment after the last', () => reported({ hits: 9 }), 'too-soon'],
  ['a key name that is none', () => reported({ sketches: { '41': digestOf() } }), 'bad-schema'],
  [
    'a digest in capitals',
    () => reported({ sketches: { [Object.keys(report.sketches)[0]!]: digestOf().toUpperCase() } }),
    'bad-schema',
  ],
  [
    'five sketches',
    () =>
      reported({ sketches: Object.fromEntries([1, 2, 3, 4, 5].map((e) => [`aaaaaaaa.${e}`, digestOf()])) }),
    'bad-schema',
  ],
];

/** Long enough after the last report for the sketches to be looked at. */
const sketches: Mutation[] = [
  [
    'that did not come',
    () => naming({ [Object.keys(report.sketches)[0]!]: NEW_DIGEST }, {}),
    'sketch-missing',
  ],
  [
    'that is another',
    () =>
      naming(
        { [Object.keys(report.sketches)[0]!]: NEW_DIGEST },
        { [NEW_DIGEST]: push.sketches[digestOf()]! },
      ),
    'sketch-mismatch',
  ],
  ['that is empty', () => bringing(new Uint8Array(0)), 'sketch-malformed'],
  ['that grew from what is not here', () => bringing(grownFrom(NEW_DIGEST)), 'sketch-missing'],
  [
    'that grew by nothing readable',
    () => bringing(grownFrom(digestOf()).subarray(0, -1)),
    'sketch-malformed',
  ],
  ['that grew into another', () => bringing(grownFrom(digestOf())), 'sketch-mismatch'],
  ['that is a bomb', () => bringing(deflateRawSync(new Uint8Array(1 << 22))), 'sketch-malformed'],
  [
    'with a rank that no hash has',
    () => bringing(huffman(new Uint8Array(16_384).fill(60))),
    'sketch-malformed',
  ],
  ['with a register too many', () => bringing(huffman(new Uint8Array(16_385))), 'sketch-malformed'],
  [
    'with something behind its end',
    () => bringing(Buffer.concat([huffman(new Uint8Array(16_384)), Buffer.from([1])])),
    'sketch-malformed',
  ],
  ['cut off', () => bringing(huffman(new Uint8Array(16_384)).subarray(0, -1)), 'sketch-malformed'],
  ['that is a HYLL header alone', () => bringing(Buffer.from('HYLL')), 'sketch-malformed'],
];

/** Another node that the hub knows: itself is none of its peers, so a second member. */
let secondMember = '';
const hubPeer = () => secondMember;
const openedCard = () => {
  const { payload } = JSON.parse(card()) as Envelope;
  return JSON.parse(Buffer.from(payload, 'base64').toString());
};

/** The reason of the whole request, or of the one report in it. */
async function refusalOf(request: OutgoingRequest): Promise<string> {
  const answer = await network.deliver(request);
  const body = JSON.parse(Buffer.from(answer.body).toString());
  if (answer.status !== 200) return body.reason;
  const [outcome] = body.outcomes ?? [];
  return outcome?.outcome === 'refused' ? outcome.reason : `${answer.status}`;
}

async function written(): Promise<string> {
  const { ledger, peers, settings, rulings, audit } = hub.records;
  const kept = await Promise.all([
    ledger.slots('2000-01-01', '2100-01-01'),
    peers.peers().then((all) => all.map(({ lastSeenMs: _, ...peer }) => peer)),
    settings.get('key-mailbox'),
    rulings.rulings(),
    audit.newest(10),
  ]);
  return JSON.stringify(kept);
}

const all = [...requests, ...bodies, ...joins, ...reports, ...sketches];

describe('a node that is sent', () => {
  beforeAll(async () => {
    const second = await TestNode.start(network, clock, {
      name: 'second',
      role: 'member',
      hub: addressOf('hub'),
    });
    await second.join(member.keys.line(true));
    await second.round();
    await hub.federation.approve(second.nodeId, { trusted: true });
    secondMember = second.nodeId;
    await network.deliver(signed({ nonce: 'the-same-nonce-in-all-runs' }));
  });

  const refused = (what: string, mutations: readonly Mutation[], before: () => void = () => undefined) =>
    describe(what, () => {
      beforeAll(before);
      it.each(mutations)('%s, refuses it by name, counts it and writes nothing', async (_, make, reason) => {
        const request = make();
        const standing = await written();
        const counted = () => [...hub.federation.refused.values()].reduce((sum, count) => sum + count, 0);
        const countedBefore = counted();
        expect(await refusalOf(request)).toBe(reason);
        expect(await written()).toBe(standing);
        expect(counted()).toBe(countedBefore + 1);
      });
    });

  refused('a request with', requests);
  refused('a request that is signed, with', bodies);
  refused('a request to join with', joins);
  refused('a report with', reports);
  refused('a sketch', sketches, () => clock.advance(5000));

  it('a card of a stranger with its reports takes the reports, refuses the card by name and writes nothing', async () => {
    const standing = await written();
    const counted = hub.federation.refused.get('not-a-member') ?? 0;
    expect(await refusalOf(asked('reports', { ...push, cards: [card()] }))).toBe('200');
    expect(await written()).toBe(standing);
    expect(hub.federation.refused.get('not-a-member')).toBe(counted + 1);
  });

  it('takes the same things as long as nothing is changed', async () => {
    expect(await refusalOf(signed())).toBe('200');
    expect(await refusalOf(joining(card()))).toBe('200');
    expect(await refusalOf(reported({ hits: 12 }))).toBe('200');
    expect(openCard(card()).name).toBe('x');
  });

  it('is tried in so many ways', () => {
    const classes = new Set(all.map(([what, , reason]) => `${what} ${reason}`));
    expect(classes.size).toBeGreaterThanOrEqual(120);
    expect(new Set(all.map(([, , reason]) => reason)).size).toBeGreaterThanOrEqual(25);
  });
});
