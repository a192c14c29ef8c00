import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { addDays, dayStartMs } from '../clock/day.js';
import { foundFederation } from './founding.js';
import { joinFederation } from './join-federation.js';
import { blindKeyring, createKeyring, type Keyring, turnKeyring } from './keyring.js';
import { KeyringTextError, parseKeyring, serializeKeyring } from './keyring-text.js';

const today = '2026-11-22';
const founding = { random: randomBytes, today, scheme: 'ip-ua/1' as const, name: 'Ring „Süd“' };
const keyring = createKeyring(founding);
const waiting = joinFederation(keyring, foundFederation(founding), today, { countedToday: true });

function refusalOf(text: string): KeyringTextError {
  try {
    parseKeyring(text);
  } catch (error) {
    if (error instanceof KeyringTextError) return error;
    throw error;
  }
  throw new Error('the text was taken');
}

/** The text with the value at the path replaced; with `undefined` left out. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const json = JSON.parse(serializeKeyring(waiting)) as Record<string | number, unknown>;
  let place = json;
  for (const step of path.slice(0, -1)) place = place[step] as Record<string | number, unknown>;
  place[path.at(-1) ?? ''] = value;
  return JSON.stringify(json);
}

describe('the text of a keyring', () => {
  it.each<[string, Keyring]>([
    ['new', keyring],
    ['with a federation that waits', waiting],
    ['blind', blindKeyring(waiting)],
    ['turned', turnKeyring(waiting, dayStartMs(addDays(today, 31)), { agreed: false })],
  ])('reads back: %s', (_, any) => {
    expect(parseKeyring(serializeKeyring(any))).toEqual(any);
    expect(serializeKeyring(parseKeyring(serializeKeyring(any)))).toBe(serializeKeyring(any));
  });

  it.each([2, 1])('of version %d is read as what it meant', (version) => {
    type MembershipText = { formerChains: unknown; giver: unknown; chain: { name: string; keys: unknown } };
    const json = JSON.parse(serializeKeyring(waiting)) as { current: MembershipText; next: MembershipText };
    const earlier = ({ formerChains: _, ...membership }: MembershipText) => {
      if (version === 2) return membership;
      const { giver: __, chain, ...rest } = membership;
      return { ...rest, chain: { name: chain.name, keys: chain.keys } };
    };
    const text = { ...json, version, current: earlier(json.current), next: earlier(json.next) };
    expect(parseKeyring(JSON.stringify(text))).toEqual(waiting);
    expect(refusalOf(JSON.stringify({ ...json, version })).reason).toBe('malformed');
  });

  it('holds the keys of the keyring and no other 32 bytes', () => {
    const texts = serializeKeyring(waiting).match(/[A-Za-z0-9+/_-]{43}/g) ?? [];
    const keys = [
      waiting.localKey,
      ...waiting.current.chain.keys.values(),
      ...(waiting.next?.chain.keys.values() ?? []),
    ];
    expect(texts).toEqual(keys.map((key) => Buffer.from(key).toString('base64url')));
  });

  it.each([
    ['', 'malformed'],
    ['null', 'malformed'],
    ['[]', 'malformed'],
    ['{}', 'malformed'],
    ['{"version":4}', 'unknown-version'],
    [' '.repeat(400_001), 'too-long'],
  ])('%j is refused: %s', (text, reason) => {
    expect(refusalOf(text).reason).toBe(reason);
  });

  it('is refused when cut off anywhere', () => {
    const text = serializeKeyring(waiting).trimEnd();
    for (let length = 0; length < text.length; length += 7) {
      expect(refusalOf(text.slice(0, length)).reason).toBe('malformed');
    }
  });

  it.each<[(string | number)[], unknown]>([
    [['version'], '1'],
    [['extra'], 1],
    [['localKey'], null],
    [['localKey', 'key'], 'AAEC'],
    [['current'], null],
    [['next'], undefined],
    [['current', 'federation'], ''],
    [['current', 'name'], 'a\nb'],
    [['current', 'calendar', 'dayZero'], '2026-02-30'],
    [['current', 'calendar', 'epochDays'], 0],
    [['current', 'calendar', 'extra'], 0],
    [['current', 'scheme'], 'ip'],
    [['current', 'firstDay'], 'today'],
    [['current', 'formerChains'], [{ through: '2026-11-21', name: 'nothexxx' }]],
    [['current', 'formerChains'], undefined],
    [['current', 'chain', 'name'], 'nothexxx'],
    [['current', 'chain', 'keys'], {}],
    [['current', 'chain', 'keys', 0, 'epoch'], -1],
    [['current', 'chain', 'keys', 0, 'epoch'], 0.5],
    [['current', 'chain', 'keys', 0, 'extra'], 0],
    [['next', 'chain', 'keys', 0, 'check'], 'short'],
  ])('with %j = %j is malformed', (path, value) => {
    expect(refusalOf(changed(path, value)).reason).toBe('malformed');
  });

  it('is refused when two keys claim one epoch', () => {
    const epoch = Math.max(...keyring.current.chain.keys.keys());
    expect(refusalOf(changed(['current', 'chain', 'keys', 0, 'epoch'], epoch)).reason).toBe('malformed');
  });

  it.each([
    [['localKey', 'key']],
    [['current', 'chain', 'keys', 1, 'key']],
    [['next', 'chain', 'keys', 0, 'key']],
  ])('is refused when a key has changed: %j', (path) => {
    const refusal = refusalOf(changed(path, Buffer.alloc(32, 7).toString('base64url')));
    expect(refusal.reason).toBe('damaged-key');
    expect(refusal.message).toContain(path[0]);
  });

  it('is never quoted in a refusal', () => {
    const text = serializeKeyring(keyring);
    const key = Buffer.from(keyring.localKey).toString('base64url');
    for (const broken of [text.replace('"check"', 'check'), text.replace(key, `${key}x`), `${text}${key}`]) {
      const refusal = refusalOf(broken);
      expect(`${refusal.message} ${refusal.stack}`).not.toContain(key.slice(0, 8));
      expect(refusal.cause).toBeUndefined();
    }
  });
});
