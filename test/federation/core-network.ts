import { createHash } from 'node:crypto';
import { ManualClock } from '../../src/clock/clock.js';
import { DAY_MS } from '../../src/clock/day.js';
import { joinSchema, pushSchema } from '../../src/federation/core/messages.js';
import {
  type IncomingResponse,
  type OutgoingRequest,
  TransportError,
} from '../../src/federation/core/transport.js';
import { openCard } from '../../src/protocol/card.js';
import { targetOf } from '../../src/protocol/http-signature.js';
import { Refusal } from '../../src/protocol/refusal.js';
import { parseStrictJson } from '../../src/protocol/strict-json.js';
import { MemoryNode, type NodeChoices } from './memory-node.js';

/** What becomes of a request on its way. A repeated one arrives twice, and its second answer is the one received. */
export type Fate = 'arrives' | 'is lost' | 'arrives, its answer is lost' | 'arrives twice';

/** Several nodes in one process, on one clock, over a network that a test may disturb. */
export class MemoryNetwork {
  readonly clock: ManualClock;
  readonly requests: { from: string; request: OutgoingRequest; answer: IncomingResponse | null }[] = [];
  private readonly nodes = new Map<string, MemoryNode>();
  fate: (from: string, request: OutgoingRequest) => Fate = () => 'arrives';

  constructor(
    startMs: number,
    private readonly seed = 'seed',
  ) {
    this.clock = new ManualClock(startMs);
  }

  async node(choices: NodeChoices): Promise<MemoryNode> {
    const from = choices.name;
    const transport = { send: (request: OutgoingRequest) => this.carry(from, request) };
    const random = randomStream(`${this.seed}/${from}`);
    const node = await MemoryNode.open(choices, { clock: this.clock, transport, random });
    this.nodes.set(new URL(node.url).host, node);
    return node;
  }

  /** Every node's schedule turns once, in the order they were made. */
  async round(): Promise<void> {
    for (const node of this.nodes.values()) await node.round();
    this.clock.advance(1000);
  }

  /** Two rounds a quarter of an hour apart: what one node learns in the first, all know after the second. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.round();
      this.clock.advance(15 * 60_000);
    }
  }

  /** The same time on the next day. */
  nextDay(): void {
    this.clock.advance(DAY_MS - (this.clock.nowMs() % DAY_MS) + DAY_MS / 2);
  }

  private async carry(from: string, request: OutgoingRequest): Promise<IncomingResponse> {
    const fate = this.fate(from, request);
    const entry = { from, request, answer: null as IncomingResponse | null };
    this.requests.push(entry);
    if (fate === 'is lost') throw new TransportError('lost on the way');
    if (fate === 'arrives twice') await this.answer(request);
    entry.answer = await this.answer(request);
    if (fate === 'arrives, its answer is lost') throw new TransportError('the answer was lost');
    return entry.answer;
  }

  private async answer(request: OutgoingRequest): Promise<IncomingResponse> {
    const node = this.nodes.get(new URL(request.url).host);
    if (!node) throw new TransportError('no such host');
    try {
      return await answerOf(node, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return json({ reason: error.reason }, error.status);
    }
  }
}

/** What the controllers of a node do with a request, on the same core. */
async function answerOf({ core }: MemoryNode, request: OutgoingRequest): Promise<IncomingResponse> {
  const { pathname } = new URL(request.url);
  if (pathname === '/.well-known/headcount') return text(core.ownCard());
  const received = { method: request.method, ...targetOf(request.url), headers: request.headers };
  const body = request.body ?? new Uint8Array();
  if (pathname === '/federation/v1/join') {
    const { card: envelope } = joinSchema.parse(parseStrictJson(body));
    const card = openCard(envelope);
    core.gate.admit(received, (keyId) => (keyId === card.node ? card.publicKey : null));
    core.gate.checkBody(received, body);
    return json({ status: await core.requestToJoin(card, envelope) });
  }
  const caller = core.gate.admit(received);
  await core.membership.noteSeen(caller);
  if (pathname === '/federation/v1/reports') {
    core.gate.checkBody(received, body);
    return json({ outcomes: await core.receive(pushSchema.parse(parseStrictJson(body))) });
  }
  const latest = core.board.latest();
  if (core.membership.reportsAreTakenFrom(caller) !== 'yes') throw new Refusal('not-a-member');
  if (!latest) throw new Refusal('no-total');
  return text(latest.envelope);
}

function json(value: unknown, status = 200): IncomingResponse {
  return { status, headers: {}, body: Buffer.from(JSON.stringify(value)) };
}

function text(body: string): IncomingResponse {
  return { status: 200, headers: {}, body: Buffer.from(body) };
}

/** Bytes that look random and are the same in every run: SHA-256 in counter mode. */
export function randomStream(seed: string): (count: number) => Uint8Array {
  let counter = 0;
  return (count) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < count; have += 32) {
      counter += 1;
      blocks.push(createHash('sha256').update(`${seed}/${counter}`).digest());
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, count));
  };
}
