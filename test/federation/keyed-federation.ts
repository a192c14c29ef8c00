import { ManualClock } from '../../src/clock/clock.js';
import { addDays, type Day, dayStartMs, HOUR_MS } from '../../src/clock/day.js';
import { epochOf, firstDayOfEpoch } from '../../src/identity/epoch-calendar.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';

export const START = '2026-11-01';

export interface KeyedFederation {
  clock: ManualClock;
  network: MemoryNetwork;
  nodes: TestNode[];
  /** The first day of the epoch after the one in which the federation was founded. */
  turn: Day;
}

export async function rounds(nodes: readonly TestNode[], clock: ManualClock, count = 2): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(11 * 60_000);
    for (const node of nodes) await node.round();
  }
}

/** Noon of each day from `from` to `to`, with two rounds. */
export async function days(
  { clock, nodes }: Pick<KeyedFederation, 'clock' | 'nodes'>,
  from: Day,
  to: Day,
  each: () => Promise<void> = async () => undefined,
) {
  for (let day = from; day <= to; day = addDays(day, 1)) {
    clock.set(dayStartMs(day) + 12 * HOUR_MS);
    await each();
    await rounds(nodes, clock);
  }
}

export const chainOfNode = (node: TestNode) => node.keys.current.current.chain;
export const keysOf = (node: TestNode) =>
  [...chainOfNode(node).keys].map(([epoch, key]) => `${epoch} ${Buffer.from(key).toString('hex')}`);

/** A blind hub, the member that founded the federation, and others that it endorsed. */
export async function hubFederation(...names: string[]) {
  const clock = new ManualClock(dayStartMs(START) + 12 * HOUR_MS);
  const network = new MemoryNetwork();
  const hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  const start = (name: string) =>
    TestNode.start(network, clock, { name, role: 'member', hub: addressOf('hub') });
  const founder = await start('founder');
  await founder.keys.found('Add-on', false);
  await hub.join(founder.keys.line(false, founder.nodeId));
  const members = [founder];
  for (const name of names) members.push(await start(name));
  const nodes = [...members, hub];
  await rounds(nodes, clock);
  for (const member of members) await hub.federation.approve(member.nodeId, { trusted: true });
  await rounds(nodes, clock);
  for (const member of members.slice(1)) {
    await founder.federation.keys.endorse(member.nodeId);
    await rounds([member], clock, 1);
    await member.federation.keys.accept(founder.nodeId);
  }
  await rounds(nodes, clock);
  const { calendar } = founder.keys.current.current;
  const turn = firstDayOfEpoch(calendar, epochOf(calendar, START) + 1);
  return { clock, network, nodes, turn, hub, founder, members };
}
