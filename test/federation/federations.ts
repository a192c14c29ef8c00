import { MemoryNetwork } from './memory-network.js';
import { type MemoryNode, type NodeChoices, urlOf } from './memory-node.js';

export const START_MS = Date.parse('2026-11-22T12:00:00Z');

export interface HubFederation {
  network: MemoryNetwork;
  hub: MemoryNode;
  members: MemoryNode[];
}

/** A blind hub and members that it has approved. The first member founds the federation. */
export async function hubWith(
  names: readonly string[],
  choices: Partial<NodeChoices> = {},
): Promise<HubFederation> {
  const network = new MemoryNetwork(START_MS);
  const hub = await network.node({ name: 'hub', role: 'hub', counting: false });
  const members: MemoryNode[] = [];
  for (const name of names) members.push(await network.node(memberOf('hub', name, choices)));
  await shareKeys(members[0]!, members.slice(1), [hub]);
  await network.round();
  for (const member of members) await hub.core.approve(member.nodeId, { trusted: true });
  await network.settle();
  return { network, hub, members };
}

export function memberOf(hub: string, name: string, choices: Partial<NodeChoices> = {}): NodeChoices {
  return { name, role: 'member', hub: { url: urlOf(hub), nodeId: null }, ...choices };
}

/** Nodes that list each other in their configurations, and nothing else. */
export async function meshOf(
  names: readonly string[],
): Promise<{ network: MemoryNetwork; nodes: MemoryNode[] }> {
  const network = new MemoryNetwork(START_MS);
  const nodes: MemoryNode[] = [];
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    const peers = others.map((other) => ({ url: urlOf(other), nodeId: null }));
    nodes.push(await network.node({ name, role: 'peer', peers }));
  }
  await shareKeys(nodes[0]!, nodes.slice(1), []);
  await network.settle();
  return { network, nodes };
}

/** `federation new` on one node, and its line given to the others: with the key, or without for blind hubs. */
export async function shareKeys(
  founder: MemoryNode,
  others: readonly MemoryNode[],
  blind: readonly MemoryNode[],
): Promise<void> {
  await founder.keys.found('test', false);
  for (const node of others) await node.keys.join(founder.keys.line(true), false);
  for (const node of blind) await node.keys.join(founder.keys.line(false), false);
}

/** A window of a node's total. */
export function uniques(node: MemoryNode, window: '1d' | '7d' | '30d' = '1d'): number | null {
  return node.total().windows[window].uniques.estimate;
}

/** What a total says of one instance. */
export function rowOf(node: MemoryNode, origin: MemoryNode) {
  return node.total().instances.find((row) => row.node === origin.nodeId) ?? null;
}

/** Everything in a total but who published it and when. */
export function figures(node: MemoryNode) {
  const { windows, instances, history, inputs } = node.total();
  return { windows, instances, history, inputs };
}
