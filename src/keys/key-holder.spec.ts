import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/clock.js';
import { addDays, DAY_MS, type Day, dayOf, dayStartMs } from '../clock/day.js';
import { epochOf, firstDayOfEpoch } from '../identity/epoch-calendar.js';
import { parseKeyring } from '../identity/keyring-text.js';
import type { VisitorScheme } from '../identity/visitor-scheme.js';
import { KeyHolder } from './key-holder.js';

const NOON_MS = Date.parse('2026-11-22T12:00:00Z');

let clock: ManualClock;
let text: string | null;
const file = {
  read: async () => text,
  replace: async (next: string) => {
    text = next;
  },
};
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
const open = (scheme: VisitorScheme = 'ip/1', blind = false) =>
  KeyHolder.open({ file, clock, random, scheme, blind });

beforeEach(() => {
  clock = new ManualClock(NOON_MS);
  text = null;
});

function keysOf(holder: KeyHolder, day: Day): string[] {
  return holder
    .sightings('10.0.0.1', day, null)
    .map(({ sketch }) => sketch)
    .filter((name) => name.startsWith('day/'));
}

describe('KeyHolder', () => {
  it('makes a keyring at the first start, and finds the same after a restart', async () => {
    const first = await open();
    const again = await open();
    expect(again.sightings('10.0.0.1', '2026-11-22', null)).toEqual(
      first.sightings('10.0.0.1', '2026-11-22', null),
    );
    expect(again.sightings('10.0.0.1', '2026-11-22', null)).not.toEqual(
      first.sightings('10.0.0.2', '2026-11-22', null),
    );
  });

  it('writes a day under its own epoch and the next, also in the first second of an epoch, before any turn', async () => {
    const holder = await open();
    const { calendar, chain } = holder.current.current;
    const epoch = epochOf(calendar, '2026-11-22');
    const firstDay = firstDayOfEpoch(calendar, epoch + 1);
    clock.set(dayStartMs(firstDay) - 60_000);
    await holder.turn(false);
    const names = [epoch + 1, epoch + 2].map((one) => `day/${firstDay}/${chain.name}.${one}`);
    expect(keysOf(holder, firstDay)).toEqual(names);
    clock.set(dayStartMs(firstDay) + 1000);
    const before = holder.sightings('10.0.0.1', firstDay, null);
    await holder.turn(false);
    expect(holder.sightings('10.0.0.1', firstDay, null)).toEqual(before);
  });

  it('refuses to count when it slept over a day, and has the keys a moment later', async () => {
    const holder = await open();
    clock.advance(40 * DAY_MS);
    const today = dayOf(clock.nowMs());
    expect(() => holder.sightings('10.0.0.1', today, null)).toThrow('keys of today');
    await holder.turn(false);
    expect(keysOf(holder, today)).toHaveLength(2);
  });

  it('keeps the file in step, and destroys keys only when told that the time is right', async () => {
    const holder = await open();
    const [oldest] = [...holder.current.current.chain.keys.values()];
    const inHex = () =>
      JSON.stringify(
        [...parseKeyring(text!).current.chain.keys.values()].map((key) => Buffer.from(key).toString('hex')),
      );
    clock.advance(65 * DAY_MS);
    await holder.turn(false);
    expect(inHex()).toContain(Buffer.from(oldest!).toString('hex'));
    await holder.turn(true);
    expect(inHex()).not.toContain(Buffer.from(oldest!).toString('hex'));
  });

  it('takes a federation over at once when nothing was counted yet, else with the next day', async () => {
    const founder = await open();
    await founder.found('Ours', false);
    const line = founder.line(true);
    text = null;
    const idle = await open();
    await idle.join(line, false);
    expect(idle.sightings('10.0.0.1', '2026-11-22', null)[0]).toEqual(
      founder.sightings('10.0.0.1', '2026-11-22', null)[0],
    );
    text = null;
    const busy = await open();
    const before = keysOf(busy, '2026-11-22');
    await busy.join(line, true);
    expect(keysOf(busy, '2026-11-22')).toEqual(before);
    clock.set(dayStartMs('2026-11-23') + 1000);
    await busy.turn(false);
    await founder.turn(false);
    expect(keysOf(busy, '2026-11-23')).toEqual(keysOf(founder, '2026-11-23'));
  });

  it('does not lose a federation that is joined while the keyring turns', async () => {
    const founder = await open();
    await founder.found('Ours', false);
    const line = founder.line(true);
    text = null;
    const holder = await open();
    await Promise.all([holder.turn(false), holder.join(line, false), holder.turn(false)]);
    expect(holder.current.current.name).toBe('Ours');
    expect(parseKeyring(text!).current.name).toBe('Ours');
  });

  it('refuses a federation that counts people otherwise, and names the setting', async () => {
    const founder = await open('cookie/1');
    await founder.found('Cookies', false);
    const line = founder.line(true);
    text = null;
    await expect((await open()).join(line, false)).rejects.toThrow('HEADCOUNT_VISITOR=cookie');
  });

  it('refuses to start with another scheme than its federation’s, and begins anew when it is alone', async () => {
    const holder = await open();
    const alone = keysOf(holder, '2026-11-22');
    expect(keysOf(await open('ip-ua/1'), '2026-11-22')).not.toEqual(alone);
    await (await open('ip-ua/1')).found('Ours', false);
    await expect(open('ip/1')).rejects.toThrow('HEADCOUNT_VISITOR=ip-ua');
  });

  it('keeps its keys when a node that counts is given the line for a blind hub', async () => {
    const founder = await open();
    await founder.found('Test', false);
    const line = founder.line(false);
    text = null;
    const counting = await open();
    const before = keysOf(counting, '2026-11-22');
    await expect(counting.join(line, false)).rejects.toMatchObject({ reason: 'no-key' });
    expect(keysOf(counting, '2026-11-22')).toEqual(before);
    expect(before).toHaveLength(2);
  });

  it('holds no epoch key on a blind node, which can still name them', async () => {
    const founder = await open();
    await founder.found('Ours', false);
    const line = founder.line(true);
    text = null;
    const blind = await open('ip/1', true);
    await blind.join(line, false);
    expect(blind.current.current.chain.keys.size).toBe(0);
    expect(blind.keyOfWindow('2026-11-22')).toBe(founder.keyOfWindow('2026-11-22'));
    expect(keysOf(blind, '2026-11-22')).toEqual([]);
  });

  it('writes imported days of the last epoch under the key that is left, and older ones under none', async () => {
    const holder = await open();
    const { calendar } = holder.current.current;
    const lastOfEpochBefore = addDays(firstDayOfEpoch(calendar, epochOf(calendar, '2026-11-22')), -1);
    expect(keysOf(holder, lastOfEpochBefore)).toHaveLength(1);
    expect(holder.coversDay(addDays(lastOfEpochBefore, -30))).toBe(false);
    expect(
      holder.sightings('10.0.0.1', addDays(lastOfEpochBefore, -30), null).map(({ sketch }) => sketch),
    ).toEqual(['all']);
  });

  it('counts under no key before the file holds it, and goes on with the old ones when that fails', async () => {
    const holder = await open();
    const { calendar } = holder.current.current;
    const today = '2026-11-22';
    const lastOfEpochBefore = addDays(firstDayOfEpoch(calendar, epochOf(calendar, today)), -1);
    const before = holder.sightings('10.0.0.1', today, null);
    const imported = keysOf(holder, lastOfEpochBefore);
    const kept = text;
    const { replace } = file;
    file.replace = () => Promise.reject(new Error('the disk is full'));
    await expect(holder.found('Ours', false)).rejects.toThrow('disk is full');
    clock.advance(65 * DAY_MS);
    await expect(holder.turn(true)).rejects.toThrow('disk is full');
    clock.set(NOON_MS);
    expect(text).toBe(kept);
    expect(holder.current.current.name).toBe('');
    expect(holder.sightings('10.0.0.1', today, null)).toEqual(before);
    for (let back = 0; back < 600; back++) holder.coversDay(addDays(today, -back));
    expect(holder.sightings('10.0.0.1', today, null)).toEqual(before);
    expect(keysOf(holder, lastOfEpochBefore)).toEqual(imported);
    file.replace = replace;
    await holder.found('Ours', false);
    expect(parseKeyring(text!).current.name).toBe('Ours');
  });
});
