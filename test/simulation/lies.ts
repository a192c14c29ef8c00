import { dayOf, isoSeconds } from '../../src/clock/day.js';
import type { Push } from '../../src/federation/core/messages.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import type { Report } from '../../src/protocol/report.js';
import { packSketch, sketchDigest } from '../../src/protocol/sketch-transfer.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import { REGISTER_COUNT, Sketch } from '../../src/sketch/sketch.js';
import type { LedgerReport } from '../../src/storage/ledger.js';
import type { Simulation } from './simulation.js';
import type { Site } from './site.js';

/** A member lies to another one, as well as it can. Answers what it said. */
export async function lie(simulation: Simulation, liar: Site): Promise<string> {
  const { random, publishers } = simulation;
  const hearers = publishers.filter((site) => site !== liar && site.isUp);
  if (hearers.length === 0) return 'nobody hears a lie';
  const hearer = random.pick(hearers);
  const [name, told] = random.pick(Object.entries(LIES));
  const pushes = await told({ simulation, liar, hearer, hearers });
  for (const [site, push] of pushes)
    await site.act(() => site.node.federation.receive(push, random.chance(0.5) ? liar.nodeId : null));
  return `${liar.name} tells ${pushes.length > 0 ? `${name} to ${hearer.name}` : 'nothing'}`;
}

interface Telling {
  simulation: Simulation;
  liar: Site;
  hearer: Site;
  hearers: readonly Site[];
}

type Pushes = [Site, Push][];

const LIES: Record<string, (telling: Telling) => Promise<Pushes>> = {
  'of crowds': async ({ simulation, liar, hearer }) => {
    const uniques = 10 ** (2 + simulation.random.below(6));
    return pushed(hearer, signed(liar, { hits: 2 * uniques, uniques, sketches: {} }));
  },
  'registers that nobody left': async ({ simulation, liar, hearer }) => {
    const rank = 1 + simulation.random.below(50);
    const sketch = new Sketch(new Uint8Array(REGISTER_COUNT).fill(rank));
    return withSketch(liar, hearer, sketch, Math.min(2 ** 52, Math.round(sketch.estimate())));
  },
  'the sketch of another': async ({ simulation, liar, hearer }) => {
    const other = await anyReport(simulation, hearer, (one) => one.origin !== liar.nodeId);
    const digest = Object.values(other?.report.sketches ?? {})[0];
    if (!other || !digest) return [];
    const bytes = await hearer.node.records.ledger.sketch(digest);
    if (!bytes) return [];
    const { hits, uniques, sketches } = other.report;
    const packed = { [digest]: Buffer.from(packSketch(bytes)).toString('base64') };
    return [[hearer, { reports: [signed(liar, { hits, uniques, sketches })], sketches: packed }]];
  },
  'a sketch that is not the one it names': async ({ liar, hearer }) => {
    const named = { [keyNameOf(liar)]: `sha256:${'0'.repeat(64)}` };
    const packed = Buffer.from(packSketch(encodeHyll(new Sketch()))).toString('base64');
    const reports = [signed(liar, { sketches: named })];
    return [[hearer, { reports, sketches: { [`sha256:${'0'.repeat(64)}`]: packed } }]];
  },
  'two things of one day': async ({ simulation, liar, hearer, hearers }) => {
    const seq = liar.clock.nowMs();
    const [one, other] = [10, 11].map((hits) => signed(liar, { seq, hits, uniques: 1, sketches: {} }));
    return [...pushed(hearer, one!), ...pushed(simulation.random.pick(hearers), other!)];
  },
  'what another said, but altered': async ({ simulation, liar, hearer }) => {
    const other = await anyReport(simulation, hearer, (one) => one.origin !== liar.nodeId);
    return other ? pushed(hearer, altered(other.envelope)) : [];
  },
  'what another said, as its own': async ({ simulation, liar, hearer }) => {
    const other = await anyReport(simulation, hearer, (one) => one.origin !== liar.nodeId);
    if (!other) return [];
    const said = {
      ...other.report,
      seq: liar.clock.nowMs(),
      issuedAt: isoSeconds(liar.clock.nowMs()),
      hits: 0,
    };
    return pushed(hearer, signEnvelope('report', said, liar.node.key));
  },
  'old news': async ({ simulation, hearer }) => {
    const known = [...simulation.news];
    return known.length > 0 ? pushed(hearer, simulation.random.pick(known)) : [];
  },
};

function pushed(hearer: Site, envelope: string): Pushes {
  return [[hearer, { reports: [envelope], sketches: {} }]];
}

function withSketch(liar: Site, hearer: Site, sketch: Sketch, uniques: number): Pushes {
  const bytes = encodeHyll(sketch);
  const digest = sketchDigest(bytes);
  const sketches = { [digest]: Buffer.from(packSketch(bytes)).toString('base64') };
  const report = signed(liar, { hits: uniques, uniques, sketches: { [keyNameOf(liar)]: digest } });
  return [[hearer, { reports: [report], sketches }]];
}

function signed(liar: Site, said: Partial<Report>): string {
  const nowMs = liar.clock.nowMs();
  const uniques = said.uniques ?? 3;
  const report = {
    ...{ v: 1, federation: liar.node.keys.current.current.federation, origin: liar.nodeId },
    ...{
      day: dayOf(nowMs),
      seq: nowMs,
      issuedAt: isoSeconds(nowMs),
      validUntil: isoSeconds(nowMs + 3_600_000),
    },
    ...{ closed: false, format: 'hyll-p14-m64a', identity: 'ip/1', hits: 3, uniques },
    ...{ windows: { '7d': uniques, '30d': uniques, all: uniques }, ...said },
  };
  return signEnvelope('report', report, liar.node.key);
}

function keyNameOf(liar: Site): string {
  return liar.node.keys.keyOfWindow(dayOf(liar.clock.nowMs())) ?? '';
}

/** The same envelope with more hits in it: the signature stays what it was. */
function altered(text: string): string {
  const envelope = JSON.parse(text) as { payload: string };
  const said = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Report;
  const payload = Buffer.from(JSON.stringify({ ...said, hits: said.hits + 1, seq: said.seq + 1 })).toString(
    'base64',
  );
  return JSON.stringify({ ...envelope, payload });
}

async function anyReport(
  { random }: Simulation,
  hearer: Site,
  isMeant: (report: LedgerReport) => boolean,
): Promise<LedgerReport | null> {
  const slots = await hearer.node.records.ledger.slots('0000-01-01', '9999-12-31');
  const meant = slots.map(({ accepted }) => accepted).filter(isMeant);
  return meant.length > 0 ? random.pick(meant) : null;
}
