import { addDays, type Day } from '../../src/clock/day.js';
import { bundleOf, verifyBundle } from '../../src/federation/total-bundle.js';
import { envelopeId, isSignedBy, readEnvelope } from '../../src/protocol/envelope.js';
import { REPORT_BYTES_MAX } from '../../src/protocol/report.js';
import { Sketch } from '../../src/sketch/sketch.js';
import { daySketchName } from '../../src/storage/count-store.js';
import type { LedgerReport } from '../../src/storage/ledger.js';
import type { TestNode } from '../federation/core-network.js';
import { daysOf, type Simulation } from './simulation.js';

/** Something that must never be so. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Which report an origin gave a number to, as far as any ledger knows: it may never be another one. */
export type Numbers = Map<string, string>;

/** What holds after every step. `thorough` computes every total again, which takes longest. Throws Violation. */
export async function checkSafety(
  simulation: Simulation,
  numbers: Numbers,
  { thorough }: { thorough: boolean },
): Promise<void> {
  for (const node of simulation.nodes) {
    await checkLedger(simulation, node, numbers);
    if (thorough) await checkTotal(simulation, node);
  }
  if (thorough) for (const node of simulation.counting) await checkCounts(simulation, node);
  if (simulation.hub && simulation.hub.keys.current.current.chain.keys.size > 0)
    throw new Violation('the blind hub holds a key');
}

/** Every report is its origin's, stands under its own day and number, and no number has two. */
async function checkLedger(simulation: Simulation, node: TestNode, numbers: Numbers): Promise<void> {
  const { name } = node.options;
  const keys = new Map(simulation.nodes.map((one) => [one.nodeId, one.key.publicKey]));
  for (const { accepted, counted } of await node.records.ledger.slots('0000-01-01', '9999-12-31')) {
    for (const stored of counted ? [accepted, counted] : [accepted]) {
      const number = `${stored.origin} ${stored.day} ${stored.seq}`;
      const known = numbers.get(number);
      if (known === `${stored.reportId} ${stored.envelope}`) continue;
      checkReport(name, stored, keys.get(stored.origin));
      if (known !== undefined) throw new Violation(`${number} is the number of two reports`);
      numbers.set(number, `${stored.reportId} ${stored.envelope}`);
    }
    if (counted && counted.seq > accepted.seq) throw new Violation(`${name} counts more than it accepted`);
  }
}

function checkReport(
  name: string,
  { envelope, origin, day, seq, reportId, report }: LedgerReport,
  key?: Uint8Array,
) {
  const opened = readEnvelope(envelope, REPORT_BYTES_MAX);
  const isItsOwn = key && opened.keyId === origin && isSignedBy(opened, key);
  if (!isItsOwn) throw new Violation(`${name} holds a report of ${origin} that it did not sign`);
  const isAbout = report.origin === origin && report.day === day && report.seq === seq;
  if (!isAbout || envelopeId(envelope) !== reportId)
    throw new Violation(`${name} holds a report of ${day} under another name`);
}

/** What a node publishes is what anybody computes from the same inputs; whoever was removed is not among them. */
async function checkTotal(simulation: Simulation, node: TestNode): Promise<void> {
  if (!node.federation.publishes) return;
  const snapshot = await node.federation.board.snapshot();
  if (!snapshot) return;
  const { problems } = verifyBundle(bundleOf(snapshot, node.federation));
  if (problems.length > 0) throw new Violation(`${node.options.name}: ${problems.join('; ')}`);
  if (snapshot.signed.total.asOf.slice(0, 10) !== simulation.today)
    throw new Violation(`${node.options.name} publishes a total of another day`);
  const isHub = node === simulation.hub;
  const gone = simulation.counting.filter(({ options }) => isHub && simulation.removed.has(options.name));
  for (const { nodeId, options } of gone)
    if (snapshot.slots.some(({ accepted }) => accepted.origin === nodeId))
      throw new Violation(`${options.name} was removed and is in the total`);
}

/** Every visit that was acknowledged is in the sketches, and nobody else is. */
async function checkCounts(simulation: Simulation, node: TestNode): Promise<void> {
  for (const day of daysOf(simulation)) {
    const people = simulation.visitors.get(`${node.options.name} ${day}`);
    if (!people) continue;
    const expected = new Map<string, Sketch>();
    for (const person of people)
      for (const { sketch, visitorId } of node.keys.sightings(person, day, null)) {
        const known = expected.get(sketch) ?? new Sketch();
        known.add(visitorId);
        expected.set(sketch, known);
      }
    for (const [name, sketch] of expected) {
      if (!name.startsWith(daySketchName(day, ''))) continue;
      const counted = await node.counts.sketch(name);
      if (!counted?.equals(sketch))
        throw new Violation(`${node.options.name}: ${name} is not of who was there`);
    }
  }
}

/** After healing, so many rounds are enough for everyone to hold the same: PROTOCOL.md. */
export function roundsToAgree(simulation: Simulation): number {
  const size = simulation.nodes.length;
  const diameter = simulation.shape === 'ring' ? size : 2;
  return 3 * (diameter + Math.ceil(Math.log2(size))) + 10;
}

/** What holds once everyone could talk to everyone for long enough. Throws Violation. */
export async function checkLiveness(simulation: Simulation): Promise<void> {
  const counted = simulation.counting.filter(({ options }) => !simulation.removed.has(options.name));
  const { today } = simulation;
  const newest = new Map<string, string>();
  for (const node of counted)
    for (const [day, id] of await holdings(node, node.nodeId, today)) newest.set(`${node.nodeId} ${day}`, id);
  for (const node of simulation.hub ? [simulation.hub] : simulation.counting) {
    const held = new Map<string, string>();
    for (const origin of counted)
      for (const [day, id] of await holdings(node, origin.nodeId, today))
        held.set(`${origin.nodeId} ${day}`, id);
    for (const [what, id] of newest)
      if (held.get(what) !== id) throw new Violation(`${node.options.name} has not the newest of ${what}`);
    await checkPeople(simulation, node, counted);
  }
}

async function holdings(node: TestNode, origin: string, today: Day): Promise<[Day, string][]> {
  const slots = await node.records.ledger.slotsOf(origin, addDays(today, -61), today);
  return slots.map(({ accepted }) => [accepted.day, accepted.reportId]);
}

/** A few people are counted exactly, since two of them hardly ever share a register; one may. */
async function checkPeople(
  simulation: Simulation,
  node: TestNode,
  counted: readonly TestNode[],
): Promise<void> {
  await node.federation.board.publish();
  const { windows } = node.total();
  const names = counted.map(({ options }) => options.name);
  const days = { '1d': 1, '7d': 7, '30d': 30 } as const;
  for (const [window, length] of Object.entries(days)) {
    const people = new Set<string>();
    for (let back = 0; back < length; back++)
      for (const person of simulation.peopleOn(addDays(simulation.today, -back), names)) people.add(person);
    const { estimate, high } = windows[window as keyof typeof days].uniques;
    if (estimate === null) {
      if (high < people.size - 1) throw new Violation(`${node.options.name}: ${window} is ${high} at most`);
      continue;
    }
    if (Math.abs(estimate - people.size) > 1)
      throw new Violation(`${node.options.name}: ${window} is ${estimate}, but ${people.size} were there`);
  }
}
