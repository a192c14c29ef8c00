import { ManualClock } from '../../src/clock/clock.js';
import { dayOf } from '../../src/clock/day.js';
import { sample } from '../../src/federation/core/phase.js';
import { openCard } from '../../src/protocol/card.js';
import { addressOf, MemoryNetwork, TestNode } from '../federation/core-network.js';
import { SeededRandom } from './seeded-random.js';
import { signFor } from './signatures.js';

const START_MS = Date.parse('2026-11-22T06:00:00Z');
const ROUND_MS = 15 * 60_000;

export interface Mesh {
  seed: number;
  nodes: number;
  /** Peers that a node has in its configuration, about: each round it calls three of them. */
  neighbours: number;
  /** Nodes that have something new to say. */
  origins: number;
  /** Chance of a node to be away for a round. */
  offline: number;
  /** Chance of each call to be lost: its request or its answer. */
  loss: number;
  roundsMax: number;
}

/** How many nodes hold the newest reports of all origins after each round. */
export type Convergence = number[];

/**
 * A mesh of real federation cores in which some nodes have a new report, round after round until every node holds all of
 * them. Nodes make their rounds one after the other, in an order of chance. Signatures are the cheap ones.
 */
export async function converge(mesh: Mesh): Promise<Convergence> {
  signFor(false);
  const random = new SeededRandom(mesh.seed);
  const clock = new ManualClock(START_MS);
  const network = new MemoryNetwork(`convergence ${mesh.seed}`);
  network.keepsRequests = false;
  network.random = () => random.next();
  const nodes = await startedMesh(mesh, network, clock, random);
  for (const node of nodes) await node.federation.gossip();
  const origins = nodes.slice(0, mesh.origins);
  for (const origin of origins) await origin.visit(`198.51.100.${origins.indexOf(origin)}`);
  clock.advance(ROUND_MS);
  for (const origin of origins) await origin.federation.own.issue();

  const informed: Convergence = [];
  while (informed.at(-1) !== mesh.nodes && informed.length < mesh.roundsMax) {
    clock.advance(ROUND_MS);
    const away = new Set(nodes.filter(() => random.chance(mesh.offline)).map(urlOf));
    network.weather = (from, to) => {
      if (away.has(from) || away.has(to)) return 'is lost';
      if (!random.chance(mesh.loss)) return 'arrives';
      return random.chance(0.5) ? 'is lost' : 'arrives, answer lost';
    };
    const present = nodes.filter((node) => !away.has(urlOf(node)));
    const online = sample(present, present.length, () => random.next());
    for (const node of online) await node.federation.gossip();
    informed.push(await countInformed(nodes, origins, dayOf(START_MS)));
  }
  return informed;
}

async function startedMesh(
  mesh: Mesh,
  network: MemoryNetwork,
  clock: ManualClock,
  random: SeededRandom,
): Promise<TestNode[]> {
  const neighbours = randomGraph(mesh, random);
  const nodes: TestNode[] = [];
  for (const [index, own] of neighbours.entries()) {
    const peers = [...own].map((other) => addressOf(nameOf(other)));
    const counting = index < mesh.origins;
    nodes.push(await TestNode.start(network, clock, { name: nameOf(index), role: 'peer', peers, counting }));
  }
  const [first, ...others] = nodes;
  await first!.keys.found('Convergence', false);
  for (const node of others) await node.join(first!.keys.line(node.options.counting === true));
  const cards = nodes.map((node) => node.federation.ownCard());
  const opened = cards.map(openCard);
  const everybody = nodes.slice(0, mesh.origins).map((_, index) => index);
  for (const [index, { federation }] of nodes.entries()) {
    for (const other of new Set([...everybody, ...neighbours[index]!])) {
      if (other === index) continue;
      const url = addressOf(nameOf(other)).url;
      await federation.membership.pin(opened[other]!, cards[other]!, 'peer', 'configured', url);
    }
  }
  return nodes;
}

/** Everyone reaches everyone, over a ring of all and edges of chance; both ends know each other. */
function randomGraph({ nodes, neighbours }: Mesh, random: SeededRandom): Set<number>[] {
  const graph = Array.from({ length: nodes }, () => new Set<number>());
  const connect = (one: number, other: number) => {
    if (one === other) return;
    graph[one]!.add(other);
    graph[other]!.add(one);
  };
  for (let index = 0; index < nodes; index++) {
    connect(index, (index + 1) % nodes);
    for (let edge = 1; edge < neighbours / 2; edge++) connect(index, random.below(nodes));
  }
  return graph;
}

async function countInformed(nodes: TestNode[], origins: TestNode[], day: string): Promise<number> {
  let informed = 0;
  for (const { records } of nodes) {
    const slots = await Promise.all(origins.map(({ nodeId }) => records.ledger.slot(nodeId, day)));
    if (slots.every((slot) => slot !== null)) informed += 1;
  }
  return informed;
}

const nameOf = (index: number) => `node${index}`;
const urlOf = (node: TestNode) => addressOf(node.options.name).url;
