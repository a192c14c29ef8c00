import { describe, expect, it } from '@jest/globals';
import type { Report } from '../protocol/report.js';
import type { KnownPeer } from './core/membership.js';
import { privacyOf } from './origin-view.js';

const peer = (counting: boolean) => ({ opened: { counting } }) as KnownPeer;
const day = (uniques: number, isSketched: boolean, changes: object = {}) =>
  ({ uniques, sketches: isSketched ? { '0a0b0c0d.1': 'sha256:…' } : {}, ...changes }) as Report;

describe('the privacy mode of an origin', () => {
  it.each([
    ['sketches', [day(3, true), day(900, true)]],
    ['large-days', [day(3, false), day(900, true)]],
    ['counts', [day(3, false), day(900, false)]],
    [null, []],
  ])('is %s by what its reports bring along', (mode, reports) => {
    expect(privacyOf(peer(true), reports)).toBe(mode);
    expect(privacyOf(null, reports)).toBe(mode);
  });

  it('is not told by days that nobody came to, nor by those it took back', () => {
    const silent = [day(0, false), day(40, false, { withdrawn: true })];
    expect(privacyOf(peer(true), silent)).toBeNull();
    expect(privacyOf(peer(true), [...silent, day(900, true)])).toBe('sketches');
  });

  it('is blind where the card says that it counts no site', () => {
    expect(privacyOf(peer(false), [])).toBe('blind');
  });
});
