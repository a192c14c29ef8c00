import { beforeEach, describe, expect, it } from '@jest/globals';
import { readGrowth } from '../../protocol/sketch-growth.js';
import { packSketch, sketchDigest } from '../../protocol/sketch-transfer.js';
import { encodeHyll } from '../../sketch/hyll.js';
import { Sketch } from '../../sketch/sketch.js';
import type { LedgerReport } from '../../storage/ledger.js';
import { GivenSketches } from './given-sketches.js';

const KEY_NAME = 'aaaaaaaa.1';
const stored = new Map<string, Uint8Array>();
const ledger = { sketch: async (digest: string) => stored.get(digest) ?? null };

/** Of so many people, each in a register of its own: of two, the smaller one's are among the larger one's. */
function reportOf(day: string, people: number): { report: LedgerReport; digest: string; bytes: Uint8Array } {
  const sketch = new Sketch();
  for (let person = 0; person < people; person++) sketch.registers[(person * 7) % 16_384] = 1 + (person % 5);
  const bytes = encodeHyll(sketch);
  const digest = sketchDigest(bytes);
  stored.set(digest, bytes);
  const report = { day, reportId: `${day} ${people}`, report: { sketches: { [KEY_NAME]: digest } } };
  return { report: report as unknown as LedgerReport, digest, bytes };
}

let given: GivenSketches;
beforeEach(() => {
  given = new GivenSketches();
  given.takesGrowth = true;
});

async function sent(of: ReturnType<typeof reportOf>): Promise<Uint8Array> {
  const packed = await given.packed(of.report, ledger);
  expect(Object.keys(packed)).toEqual([of.digest]);
  return Buffer.from(packed[of.digest]!, 'base64');
}

async function give(day: string, people: number): Promise<void> {
  const one = reportOf(day, people);
  await sent(one);
  given.keep(one.report);
}

describe('the sketches that a peer was given', () => {
  it('need not go whole when they grew', async () => {
    await give('2026-11-22', 4000);
    const next = reportOf('2026-11-22', 4100);
    const packed = await sent(next);
    expect(readGrowth(packed)?.base).toBe(reportOf('2026-11-22', 4000).digest);
    expect(packed.length).toBeLessThan(packSketch(next.bytes).length / 4);
  });

  it.each<[string, () => unknown]>([
    ['the peer does not say that it takes growth', () => (given.takesGrowth = false)],
    ['the peer turned out to lack it', () => given.forget({ day: '2026-11-22' })],
    ['two newer days were given', () => give('2026-11-23', 1).then(() => give('2026-11-24', 1))],
  ])('go whole when %s', async (_what, change) => {
    await give('2026-11-22', 4000);
    await change();
    const next = reportOf('2026-11-22', 4100);
    expect(Buffer.from(await sent(next))).toEqual(Buffer.from(packSketch(next.bytes)));
  });

  it('go whole after one that was sent and not taken', async () => {
    await sent(reportOf('2026-11-22', 4000));
    given.keep(reportOf('2026-11-22', 3000).report);
    expect(readGrowth(await sent(reportOf('2026-11-22', 4100)))).toBeNull();
  });

  it('go whole when that is not longer, or a register fell', async () => {
    await give('2026-11-22', 3);
    const few = reportOf('2026-11-22', 4);
    expect(readGrowth(await sent(few))).toBeNull();
    await give('2026-11-22', 4000);
    expect(readGrowth(await sent(reportOf('2026-11-22', 3000)))).toBeNull();
  });
});
