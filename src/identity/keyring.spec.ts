import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, DAY_MS, type Day, dayOf, dayStartMs, daysFromTo } from '../clock/day.js';
import { epochOf, epochsOfDay, firstDayOfEpoch } from './epoch-calendar.js';
import { keyCheckValue, nextEpochKey } from './epoch-key.js';
import type { FederationLine } from './federation-line.js';
import { joinFederation } from './join-federation.js';
import {
  blindKeyring,
  createKeyring,
  federationLine,
  type Keyring,
  KeyringError,
  keyOfWindow,
  keysOfDay,
  turnKeyring,
} from './keyring.js';
import { parseKeyring, serializeKeyring } from './keyring-text.js';

const today = '2026-11-22';
const todayMs = dayStartMs(today);
const line: FederationLine = {
  federation: 'fed-1',
  name: 'Ring',
  calendar: { dayZero: '2026-10-20', epochDays: 30 },
  scheme: 'ip-ua/1',
  chain: {
    name: 'e14e09d9',
    epoch: 1,
    key: Uint8Array.from({ length: 32 }, (_, index) => index),
    check: '4dbc0b662b9043db',
  },
};
/** Epoch 1 is 2026-11-19 to 2026-12-18. */
const epoch2 = '2026-12-19';

function alone(): Keyring {
  return createKeyring({ random: randomBytes, today, scheme: 'ip-ua/1' });
}

function member(): Keyring {
  return joinFederation(alone(), line, today, { countedToday: false });
}

const turn = (keyring: Keyring, timeMs: number, agreed = true) => turnKeyring(keyring, timeMs, { agreed });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const heldEpochs = (keyring: Keyring) => [...keyring.current.chain.keys.keys()];
/** Everything that the members of a federation must have in common. */
const shared = ({ current }: Keyring) => ({
  keys: [...current.chain.keys].map(([epoch, key]) => `${current.chain.name}.${epoch} ${hex(key)}`),
  federation: current.federation,
  calendar: current.calendar,
  scheme: current.scheme,
});

/** The key of any epoch of the line's chain, from the definition. */
function keyOfEpoch(epoch: number): Uint8Array {
  let key = line.chain.key ?? new Uint8Array(0);
  for (let each = line.chain.epoch + 1; each <= epoch; each++) {
    key = nextEpochKey(key, { federation: line.federation, chain: line.chain.name, epoch: each });
  }
  return key;
}

/** Times within three years of joining, any part of a day. */
const times = fc.nat(3 * 365 * 24).map((hours) => todayMs + hours * 3_600_000);
const turns = fc.array(fc.record({ timeMs: times, agreed: fc.boolean() }), { maxLength: 12 });

describe('a new keyring', () => {
  it('holds the keys of the epoch of today and of the next, and a key of its own', () => {
    const keyring = alone();
    const own = epochOf(keyring.current.calendar, today);
    expect(heldEpochs(keyring)).toEqual([own, own + 1]);
    expect(keyring.localKey).toHaveLength(32);
    expect(keyring.current.firstDay).toBe(today);
    expect(keysOfDay(keyring, today).map(({ epoch }) => epoch)).toEqual([own, own + 1]);
    const secrets = [keyring.localKey, ...keyring.current.chain.keys.values()].map(hex);
    expect(new Set(secrets).size).toBe(3);
  });
});

describe('turning', () => {
  it('holds exactly the keys of the time, by the definition, however often and wherever it was switched on', () => {
    fc.assert(
      fc.property(turns, times, (before, timeMs) => {
        const earlier = before.filter((each) => each.timeMs <= timeMs).sort((a, b) => a.timeMs - b.timeMs);
        const visited = earlier.reduce((keyring, each) => turn(keyring, each.timeMs, each.agreed), member());
        const turned = turn(visited, timeMs);
        const own = epochOf(line.calendar, dayOf(timeMs));
        const isEarly = timeMs < dayStartMs(firstDayOfEpoch(line.calendar, own)) + 2 * DAY_MS;
        const expected = (isEarly ? [own - 1, own, own + 1] : [own, own + 1]).filter((epoch) => epoch >= 1);
        expect(heldEpochs(turned)).toEqual(expected);
        for (const [epoch, key] of turned.current.chain.keys) expect(hex(key)).toBe(hex(keyOfEpoch(epoch)));
      }),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(turns, times, fc.boolean(), (before, timeMs, agreed) => {
        const visited = before.reduce((keyring, each) => turn(keyring, each.timeMs, each.agreed), member());
        const once = turn(visited, timeMs, agreed);
        expect(turn(once, timeMs, agreed)).toEqual(once);
      }),
    );
  });

  it('changes no keyring that it is given', () => {
    const keyring = member();
    const before = serializeKeyring(keyring);
    turn(keyring, todayMs + 400 * DAY_MS);
    expect(serializeKeyring(keyring)).toBe(before);
  });

  it('keeps the last key for 48 h to the millisecond', () => {
    const deadlineMs = dayStartMs(epoch2) + 2 * DAY_MS;
    const beforeMs = deadlineMs - 1;
    expect(heldEpochs(turn(member(), beforeMs))).toEqual([1, 2, 3]);
    expect(heldEpochs(turn(turn(member(), beforeMs), deadlineMs))).toEqual([2, 3]);
  });

  it('drops no key while nobody confirms the time, and all that are due when someone does', () => {
    const late = turn(turn(member(), dayStartMs(epoch2), false), todayMs + 200 * DAY_MS, false);
    expect(heldEpochs(late)).toEqual([1, 2, 3, 7, 8]);
    expect(heldEpochs(turn(late, todayMs + 200 * DAY_MS))).toEqual([7, 8]);
  });

  it('leaves no trace of a dropped key in the text that is kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.nat(27), (epoch, days) => {
        const early = turn(member(), dayStartMs(firstDayOfEpoch(line.calendar, epoch)));
        const late = turn(early, dayStartMs(firstDayOfEpoch(line.calendar, epoch)) + (2 + days) * DAY_MS);
        const dropped = Buffer.from(early.current.chain.keys.get(epoch - 1) ?? '');
        expect(dropped).toHaveLength(32);
        for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
          expect(serializeKeyring(late).toLowerCase()).not.toContain(
            dropped.toString(encoding).toLowerCase(),
          );
        }
        expect(serializeKeyring(early)).toContain(dropped.toString('base64url'));
      }),
      { numRuns: 50 },
    );
  });

  it('loses no key that is needed to a clock that leaps ahead unconfirmed and comes back', () => {
    fc.assert(
      fc.property(times, times, fc.boolean(), (timeMs, leapMs, agreed) => {
        const right = turn(member(), timeMs);
        const back = turn(turn(right, Math.max(timeMs, leapMs), false), timeMs, agreed);
        expect(shared(back)).toEqual(shared(right));
      }),
    );
  });

  it('brings no dropped key back when the clock goes back, and is right again when it is', () => {
    fc.assert(
      fc.property(times, times, fc.boolean(), (timeMs, earlierMs, agreed) => {
        const right = turn(member(), timeMs);
        const back = turn(right, Math.min(timeMs, earlierMs), agreed);
        const oldest = Math.min(...heldEpochs(right));
        expect(Math.min(...heldEpochs(back))).toBe(oldest);
        const healed = turn(back, timeMs + 3 * DAY_MS);
        expect(shared(healed)).toEqual(shared(turn(right, timeMs + 3 * DAY_MS)));
      }),
    );
  });

  it.each([-DAY_MS, DAY_MS])(
    'a clock that jumps by %d ms at an epoch’s start does no lasting harm',
    (jumpMs) => {
      for (const agreed of [true, false]) {
        const startMs = dayStartMs(epoch2);
        const jumped = turn(turn(member(), startMs), startMs + jumpMs, agreed);
        const after = turn(jumped, startMs + 2 * DAY_MS - 1);
        expect(heldEpochs(after)).toEqual([1, 2, 3]);
        expect(shared(after)).toEqual(shared(turn(member(), startMs + 2 * DAY_MS - 1)));
      }
    },
  );

  it('does not follow a clock into the far future, nor work itself to death', () => {
    const farMs = Date.parse('9999-12-31T00:00:00Z');
    const startMs = performance.now();
    const daily = { ...line, calendar: { dayZero: addDays(today, -1), epochDays: 1 } };
    const keyring = joinFederation(alone(), daily, today, { countedToday: false });
    expect(turn(keyring, farMs)).toEqual(keyring);
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });

  it('refuses a time that is none', () => {
    expect(() => turn(member(), Number.NaN)).toThrow(RangeError);
  });
});

describe('the keys of a day', () => {
  const names = (keyring: Keyring, day: Day) => keysOfDay(keyring, day).map(({ keyName }) => keyName);

  it('are two for today, and fewer for days that are older than the keys', () => {
    const keyring = turn(member(), dayStartMs(epoch2) + 2 * DAY_MS);
    expect(names(keyring, addDays(epoch2, 2))).toEqual(['e14e09d9.2', 'e14e09d9.3']);
    expect(names(keyring, epoch2)).toEqual(['e14e09d9.2', 'e14e09d9.3']);
    expect(names(keyring, addDays(epoch2, -1))).toEqual(['e14e09d9.2']);
    expect(names(keyring, addDays(epoch2, -30))).toEqual(['e14e09d9.2']);
    expect(names(keyring, addDays(epoch2, -31))).toEqual([]);
    expect(names(keyring, '1999-01-01')).toEqual([]);
  });

  it('carry the secrets of the chain', () => {
    for (const { epoch, secret } of keysOfDay(member(), today))
      expect(hex(secret)).toBe(hex(keyOfEpoch(epoch)));
  });

  it('let every window of 31 days be read under one key, across five epochs of a node that turns daily', () => {
    let keyring = member();
    const written = new Map<Day, string[]>();
    for (const day of daysFromTo(today, addDays(today, 150))) {
      keyring = turn(keyring, dayStartMs(day));
      written.set(day, names(keyring, day));
      const windowKey = keyOfWindow(keyring, day)?.keyName ?? '';
      const window = daysFromTo(addDays(day, -30), day).filter((each) => each >= today);
      expect(window.filter((each) => !written.get(each)?.includes(windowKey))).toEqual([]);
    }
  });

  it('are named by the calendar even where the node holds none', () => {
    const keyring = blindKeyring(member());
    expect(keysOfDay(keyring, today)).toEqual([]);
    expect(keyOfWindow(keyring, today)).toEqual({ keyName: 'e14e09d9.1', epoch: 1 });
    expect(keyOfWindow(keyring, '2026-10-19')).toBeNull();
    expect(epochsOfDay(line.calendar, '2026-10-19')).toEqual([-1, 0]);
  });
});

describe('after a cut', () => {
  const cutLine = (federation: string, name: string, epoch: number): FederationLine => {
    const key = Uint8Array.from({ length: 32 }, (_, index) => index + name.charCodeAt(0));
    return { ...line, federation, chain: { name, epoch, key, check: keyCheckValue(key) } };
  };
  const nameOn = (keyring: Keyring, day: string) => keyOfWindow(keyring, day)?.keyName ?? null;
  function cut(keyring: Keyring, day: string, name: string, epoch: number): Keyring {
    const waiting = joinFederation(keyring, cutLine('fed-1', name, epoch), day, { countedToday: true });
    return turn(waiting, dayStartMs(day) + DAY_MS);
  }

  it('windows that end before it are read under the keys of then, as far back as totals tell of days', () => {
    const once = cut(member(), '2026-12-20', 'aaaaaaaa', 2);
    const days = [
      '2026-10-18',
      '2026-10-19',
      '2026-11-18',
      '2026-11-19',
      '2026-12-18',
      '2026-12-20',
      '2026-12-21',
    ];
    const names = [null, null, 'e14e09d9.0', 'e14e09d9.1', 'e14e09d9.1', 'e14e09d9.2', 'aaaaaaaa.2'];
    expect(days.map((day) => nameOn(once, day))).toEqual(names);
    const twice = cut(once, '2026-12-22', 'bbbbbbbb', 2);
    expect(['2026-12-18', '2026-12-20', '2026-12-22', '2026-12-23'].map((day) => nameOn(twice, day))).toEqual(
      [...['e14e09d9.1', 'e14e09d9.2', 'aaaaaaaa.2', 'bbbbbbbb.2']],
    );
    expect(nameOn(blindKeyring(twice), '2026-12-22')).toBe('aaaaaaaa.2');
    const late = cut(turn(twice, dayStartMs('2027-06-01')), '2027-06-01', 'cccccccc', 7);
    expect(late.current.formerChains).toEqual([{ through: '2027-06-01', name: 'bbbbbbbb' }]);
    expect(nameOn(late, '2027-05-01')).toBe('bbbbbbbb.6');
    expect(nameOn(late, '2027-06-02')).toBe('cccccccc.7');
  });

  it('they are forgotten with the federation that they were of', () => {
    const moved = joinFederation(
      cut(member(), '2026-12-20', 'aaaaaaaa', 2),
      cutLine('fed-2', 'dddddddd', 2),
      '2026-12-22',
      {
        countedToday: false,
      },
    );
    expect(moved.current.formerChains).toEqual([]);
  });
});

describe('joining a federation', () => {
  const publicLine = { ...line, chain: { ...line.chain, key: null } };

  it('takes effect at once where nothing was counted today', () => {
    const before = alone();
    const keyring = joinFederation(before, line, today, { countedToday: false });
    expect(keyring).toMatchObject({ localKey: before.localKey, next: null });
    expect(keyring.current).toMatchObject({
      federation: 'fed-1',
      name: 'Ring',
      scheme: 'ip-ua/1',
      firstDay: today,
    });
    expect(heldEpochs(keyring)).toEqual([1, 2]);
  });

  it('waits for the next UTC day otherwise: today is still written under the old chain', () => {
    const before = createKeyring({ random: randomBytes, today, scheme: 'ip/1' });
    const waiting = joinFederation(before, line, today, { countedToday: true });
    const lastMs = todayMs + DAY_MS - 1;
    expect(keysOfDay(turn(waiting, lastMs), today)).toEqual(keysOfDay(before, today));
    expect(turn(waiting, lastMs).current.scheme).toBe('ip/1');

    const joined = turn(waiting, todayMs + DAY_MS);
    expect(joined.next).toBeNull();
    expect(joined.current).toMatchObject({
      federation: 'fed-1',
      scheme: 'ip-ua/1',
      firstDay: addDays(today, 1),
    });
    const oldKeys = [...before.current.chain.keys.values()].map((key) =>
      Buffer.from(key).toString('base64url'),
    );
    for (const old of oldKeys) expect(serializeKeyring(joined)).not.toContain(old);
  });

  it('does not go back to the old federation when the clock does', () => {
    const joined = turn(joinFederation(alone(), line, today, { countedToday: true }), todayMs + DAY_MS);
    const back = turn(joined, todayMs);
    expect(back.current.federation).toBe('fed-1');
    expect(keysOfDay(back, today).map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('gives every member the same keys on every later day, whenever each joined and ran', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(90), fc.boolean(), turns), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 92, max: 1_000 }),
        (members, daysLater) => {
          const endMs = todayMs + daysLater * DAY_MS;
          const ends = members.map(([joinDays, countedToday, visits]) => {
            const joined = joinFederation(alone(), line, addDays(today, joinDays), { countedToday });
            const seen = visits.filter((visit) => visit.timeMs <= endMs);
            const ran = seen.reduce((keyring, visit) => turn(keyring, visit.timeMs, false), joined);
            return shared(turn(parseKeyring(serializeKeyring(ran)), endMs));
          });
          for (const end of ends) expect(end).toEqual(ends[0]);
        },
      ),
    );
  });

  it('passes on the same federation from member to member', () => {
    const far = turn(member(), todayMs + 100 * DAY_MS);
    const farDay = addDays(today, 100);
    const passed = federationLine(far, farDay, { withKey: true });
    const third = joinFederation(alone(), passed, farDay, { countedToday: false });
    expect(shared(third)).toEqual(shared(far));
    expect(passed.chain.name).toBe(line.chain.name);
  });

  it('of the same chain again changes nothing, but cancels another that waits', () => {
    const keyring = turn(member(), dayStartMs(epoch2));
    expect(joinFederation(keyring, line, epoch2, { countedToday: true })).toEqual(keyring);
    const other = federationLine(alone(), today, { withKey: true });
    const waiting = joinFederation(keyring, other, epoch2, { countedToday: true });
    expect(joinFederation(waiting, other, epoch2, { countedToday: true })).toEqual(waiting);
    expect(joinFederation(waiting, line, epoch2, { countedToday: true })).toEqual(keyring);
  });

  it('with a public line makes the node blind; the line with the key makes it see again', () => {
    const blind = joinFederation(member(), publicLine, today, { countedToday: false });
    expect(blind.current.chain).toMatchObject({ name: 'e14e09d9', keys: new Map() });
    expect(turn(blind, todayMs + 100 * DAY_MS).current.chain.keys.size).toBe(0);
    expect(heldEpochs(joinFederation(blind, line, today, { countedToday: false }))).toEqual([1, 2]);
  });

  it.each([
    ['a line of an epoch to come', { chain: { ...line.chain, epoch: 2 } }, 'ahead-of-clock'],
    [
      'a calendar that has not begun',
      { calendar: { dayZero: addDays(today, 1), epochDays: 30 } },
      'ahead-of-clock',
    ],
    [
      'another key by the same name',
      { chain: { ...line.chain, key: new Uint8Array(32), check: 'b0344c61d8db3853' } },
      'conflict',
    ],
    ['another scheme for the same chain', { scheme: 'ip/1' }, 'conflict'],
    [
      'another day zero for the same chain',
      { calendar: { dayZero: '2026-10-19', epochDays: 30 } },
      'conflict',
    ],
    ['other epochs for the same chain', { calendar: { dayZero: '2026-10-20', epochDays: 31 } }, 'conflict'],
  ] as const)('refuses %s', (_, change, reason) => {
    const held = member();
    let refusal: unknown;
    try {
      joinFederation(held, { ...line, ...change }, today, { countedToday: false });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(KeyringError);
    expect(refusal).toMatchObject({ reason });
  });

  it('is offered by the holder of a key only', () => {
    expect(() => federationLine(blindKeyring(member()), today, { withKey: false })).toThrow(KeyringError);
    const offered = federationLine(member(), today, { withKey: false });
    expect(offered).toEqual(publicLine);
    const behind = turn(member(), dayStartMs(epoch2) + 2 * DAY_MS);
    expect(() => federationLine(behind, today, { withKey: true })).toThrow(/no key of the current epoch/);
  });
});
