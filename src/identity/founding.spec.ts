import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { daysBetween } from '../clock/day.js';
import { chainName, isFederationId, keyCheckValue } from './epoch-key.js';
import { formatFederationLine, parseFederationLine } from './federation-line.js';
import { foundFederation } from './founding.js';

const today = '2026-11-22';

describe('foundFederation', () => {
  it('begins with a key of the epoch of today, named after itself', () => {
    const line = foundFederation({ random: randomBytes, today, scheme: 'cookie/1', name: 'Ring' });
    const key = line.chain.key ?? new Uint8Array(0);
    expect(isFederationId(line.federation)).toBe(true);
    expect(line).toMatchObject({ name: 'Ring', scheme: 'cookie/1', calendar: { epochDays: 30 } });
    expect(line.chain.epoch).toBe(Math.floor(daysBetween(line.calendar.dayZero, today) / 30));
    expect(line.chain).toMatchObject({ name: chainName(key), check: keyCheckValue(key) });
    expect(parseFederationLine(formatFederationLine(line))).toEqual(line);
  });

  it('puts day zero anywhere from 30 to 60 days back, so that federations turn over on different days', () => {
    const back = new Set<number>();
    for (let roll = 0; roll < 31; roll++) {
      const random = (count: number) => {
        const bytes = Buffer.alloc(count, 1);
        if (count === 4) bytes.writeUInt32BE(31 * 1_000 + roll);
        return bytes;
      };
      back.add(daysBetween(foundFederation({ random, today, scheme: 'ip/1' }).calendar.dayZero, today));
    }
    expect([...back].sort((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, index) => 30 + index));
  });

  it('founds a different federation every time', () => {
    const [a, b] = [1, 2].map(() => foundFederation({ random: randomBytes, today, scheme: 'ip/1' }));
    expect(a?.federation).not.toBe(b?.federation);
    expect(a?.chain.name).not.toBe(b?.chain.name);
  });
});
