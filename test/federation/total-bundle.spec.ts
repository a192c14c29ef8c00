import { beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS } from '../../src/clock/day.js';
import type { TotalSnapshot } from '../../src/federation/core/total-board.js';
import { bundleOf, type TotalBundle, verifyBundle } from '../../src/federation/total-bundle.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

let hub: TestNode;
let member: TestNode;
let bundle: TotalBundle;
let snapshot: TotalSnapshot;

beforeAll(async () => {
  const network = new MemoryNetwork();
  const clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub' });
  member = await TestNode.start(network, clock, { name: 'm', role: 'member', hub: addressOf('hub') });
  await member.keys.found('Test', false);
  await hub.join(member.keys.line(true));
  await member.round();
  await hub.federation.approve(member.nodeId, { trusted: true });
  for (let day = 0; day < 2; day++) {
    for (const [node, offset] of [
      [hub, 0],
      [member, 20],
    ] as const)
      await node.visit(...Array.from({ length: 40 }, (_, person) => `10.${day}.0.${offset + person}`));
    for (const node of [member, hub]) await node.round();
    if (day === 0) clock.advance(DAY_MS);
  }
  clock.advance(60_000);
  for (const node of [member, hub]) await node.round();
  snapshot = (await hub.federation.board.snapshot())!;
  bundle = bundleOf(snapshot, hub.federation);
});

/** What verification finds after a change; what it throws counts as found. */
function problemsAfter(change: (copy: TotalBundle) => void): string[] {
  const copy = structuredClone(bundle);
  change(copy);
  try {
    return verifyBundle(copy).problems;
  } catch (error) {
    return [`thrown: ${(error as Error).message}`];
  }
}

/** The text with another character at one place: in base64 another letter, elsewhere a digit or a letter. */
function withOther(text: string, at: number): string {
  const other = text[at] === 'A' ? 'B' : 'A';
  return text.slice(0, at) + other + text.slice(at + 1);
}

/** Every place of a short text, some two hundred of a long one; both ends in any case. */
function placesIn(text: string): number[] {
  const step = Math.max(1, Math.floor(text.length / 200));
  const places = Array.from({ length: Math.ceil(text.length / step) }, (_, index) => index * step);
  return [...new Set([...places, text.length - 1])];
}

describe('a published total with its inputs', () => {
  it('is what its inputs say', () => {
    expect(verifyBundle(structuredClone(bundle))).toEqual({
      publisher: hub.nodeId,
      asOf: '2026-11-23T12:01:00Z',
      reports: 4,
      problems: [],
    });
    expect(JSON.parse(JSON.stringify(bundle))).toEqual(bundle);
  });

  it.each<[string, () => string, (copy: TotalBundle, text: string) => void]>([
    ['the total', () => bundle.total, (copy, text) => (copy.total = text)],
    ['the publisher’s card', () => bundle.publisher, (copy, text) => (copy.publisher = text)],
    ['a card', () => bundle.cards[1]!, (copy, text) => (copy.cards[1] = text)],
    ['an accepted report', () => bundle.slots[1]!.accepted, (copy, text) => (copy.slots[1]!.accepted = text)],
    ['a counted report', () => bundle.slots[1]!.counted!, (copy, text) => (copy.slots[1]!.counted = text)],
    [
      'a sketch',
      () => Object.values(bundle.sketches)[0]!,
      (copy, text) => (copy.sketches[Object.keys(copy.sketches)[0]!] = text),
    ],
    [
      'when it was computed',
      () => String(bundle.nowMs / 1000),
      (copy, text) => (copy.nowMs = Number(text) * 1000),
    ],
  ])('shows any changed character in %s', (_what, textOf, put) => {
    const text = textOf();
    for (const at of placesIn(text)) {
      const changed = withOther(text, at);
      const problems = problemsAfter((copy) => put(copy, changed));
      expect({ at, found: problems.length > 0 }).toEqual({ at, found: true });
    }
  });

  it.each<[string, (copy: TotalBundle) => void]>([
    ['a member that is missing', (copy) => copy.roster.pop()],
    ['a member more', (copy) => copy.roster.push({ ...copy.roster[0]!, nodeId: 'x'.repeat(43) })],
    ['another status', (copy) => (copy.roster[0]!.status = 'probation')],
    ['another name', (copy) => (copy.roster[0]!.name = 'Mallory')],
    ['another id', (copy) => (copy.roster[0]!.nodeId = withOther(copy.roster[0]!.nodeId, 3))],
    ['a member that is shown without its consent', (copy) => (copy.roster[0]!.listed = false)],
    ['a report that is missing', (copy) => copy.slots.pop()],
    ['a report twice', (copy) => copy.slots.push(copy.slots[0]!)],
    [
      'reports of two days exchanged',
      (copy) =>
        ([copy.slots[0]!.counted, copy.slots[1]!.counted] = [copy.slots[1]!.counted, copy.slots[0]!.counted]),
    ],
    ['a report that is held now', (copy) => (copy.slots[0]!.counted = null)],
    ['a sketch that is missing', (copy) => delete copy.sketches[Object.keys(copy.sketches)[0]!]],
    ['another key for the last day', (copy) => (copy.readKeys['2026-11-23'] = 'aaaaaaaa.1')],
    ['another identity scheme', (copy) => (copy.identity = 'cookie/1')],
    ['a member’s card that is missing', (copy) => (copy.cards = [copy.publisher])],
    ['another publisher', (copy) => (copy.publisher = copy.cards.find((card) => card !== copy.publisher)!)],
    ['another day', (copy) => (copy.nowMs += DAY_MS)],
  ])('shows %s', (_what, change) => {
    expect(problemsAfter(change)).not.toEqual([]);
  });

  const withRoster = (roster: TotalSnapshot['inputs']['roster']) => ({
    ...snapshot,
    inputs: { ...snapshot.inputs, roster },
  });
  const withSlots = (slots: TotalSnapshot['slots']) => ({
    ...snapshot,
    slots,
    inputs: { ...snapshot.inputs, slots },
  });

  it.each<[string, () => TotalSnapshot, RegExp]>([
    [
      'counts a member twice',
      () => withRoster([...snapshot.inputs.roster, ...snapshot.inputs.roster]),
      /on the roster twice/,
    ],
    [
      'calls a member something else',
      () => withRoster(snapshot.inputs.roster.map((entry) => ({ ...entry, name: 'Mallory' }))),
      /not called what its card says/,
    ],
    [
      'leaves a member out whose reports are there',
      () => withRoster(snapshot.inputs.roster.map((entry) => ({ ...entry, status: 'removed' as const }))),
      /does not count/,
    ],
    [
      'counts the reports of one as another’s',
      () => {
        const [first, ...rest] = snapshot.slots;
        const other = rest.find(({ accepted }) => accepted.origin !== first!.accepted.origin)!;
        return withSlots([{ accepted: first!.accepted, counted: other.counted }, ...rest]);
      },
      /about something else/,
    ],
    ['lists a day twice', () => withSlots([...snapshot.slots, snapshot.slots[0]!]), /listed twice/],
    [
      'withholds the sketches',
      () => ({ ...snapshot, sketches: new Map(), inputs: { ...snapshot.inputs, sketchOf: () => null } }),
      /was left out/,
    ],
    [
      'reads days under keys of two chains',
      () => ({
        ...snapshot,
        inputs: {
          ...snapshot.inputs,
          readKey: (day) => (day === '2026-11-23' ? 'ffffffff.0' : snapshot.inputs.readKey(day)),
        },
      }),
      /not of one chain/,
    ],
  ])('shows that its publisher %s, although it signed what that comes to', (_what, forge, problem) => {
    const forged = bundleOf(forge(), hub.federation);
    const { problems } = verifyBundle(structuredClone(forged));
    expect(problems.join('\n')).toMatch(problem);
  });

  it('shows a total that its publisher signed with other figures, or about other inputs', () => {
    const total = JSON.parse(
      Buffer.from((JSON.parse(bundle.total) as { payload: string }).payload, 'base64').toString(),
    ) as Record<string, unknown> & { windows: Record<string, { uniques: { estimate: number } }> };
    const resigned = (changes: object) =>
      problemsAfter((copy) => (copy.total = signEnvelope('total', { ...total, ...changes }, hub.key)));
    expect(resigned({})).toEqual([]);
    const more = structuredClone(total.windows);
    more['7d']!.uniques.estimate += 1;
    expect(resigned({ windows: more })).toEqual(['windows: recomputed to something else']);
    expect(resigned({ inputs: '0'.repeat(64) })).toEqual(['the inputs are not those that the total names']);
    expect(resigned({ day: addDays('2026-11-23', 1) })).toEqual(['day: recomputed to something else']);
    expect(resigned({ federation: 'other' })).toEqual(['a report is of another federation']);
    expect(resigned({ publisher: member.nodeId })).toEqual(["the total's signature is not its publisher's"]);
  });
});
