import { createHash, createPrivateKey } from 'node:crypto';
import type { Clock } from '../../src/clock/clock.js';
import { dayOf, hourOf } from '../../src/clock/day.js';
import type { PeerAddress, Role } from '../../src/config/config.js';
import { FederationNode, type FederationOptions } from '../../src/federation/core/federation-node.js';
import { defaultThresholds } from '../../src/federation/core/judgement/thresholds.js';
import { LedgerTotals } from '../../src/federation/core/ledger-totals.js';
import { joinSchema, LINK_TO_ABOVE } from '../../src/federation/core/messages.js';
import { defaultPolicy } from '../../src/federation/core/policy.js';
import {
  type IncomingResponse,
  type OutgoingRequest,
  type PeerTransport,
  TransportError,
} from '../../src/federation/core/transport.js';
import {
  type FederationLine,
  formatFederationLine,
  parseFederationLine,
} from '../../src/identity/federation-line.js';
import type { VisitorScheme } from '../../src/identity/visitor-scheme.js';
import { KeyHolder, type KeyringFile } from '../../src/keys/key-holder.js';
import { keyInUse, openCard } from '../../src/protocol/card.js';
import { targetOf } from '../../src/protocol/http-signature.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { Refusal } from '../../src/protocol/refusal.js';
import { parseStrictJson } from '../../src/protocol/strict-json.js';
import { ReportIssuer, type ReportTerms } from '../../src/reporting/report-issuer.js';
import { reportTerms } from '../../src/reporting/report-terms.js';
import { takeBack } from '../../src/reporting/take-back.js';
import { LocalWindows } from '../../src/stats/local-windows.js';
import { ReportedCounts } from '../../src/stats/reported-counts.js';
import type { CountStore } from '../../src/storage/count-store.js';
import { MemoryCountStore } from '../../src/storage/memory/memory-count-store.js';
import { MemoryRecords } from '../../src/storage/memory/memory-records.js';
import type { PeerStore } from '../../src/storage/peer-store.js';
import type { Records } from '../../src/storage/records.js';

/** What becomes of a request on its way. */
export type Weather = 'arrives' | 'is lost' | 'arrives, answer lost' | 'arrives twice';

/** Nodes that reach each other by URL, in one process. */
export class MemoryNetwork {
  readonly nodes = new Map<string, TestNode>();
  readonly requests: OutgoingRequest[] = [];
  /** What was answered, and to whom, by URL. */
  readonly answers: { to: string; body: Uint8Array }[] = [];
  /** Whether both are kept: of a large federation they would fill the memory. */
  keepsRequests = true;
  nonces = 0;
  /** By the URLs of who sends and who is called. */
  weather: (from: string, to: string) => Weather = () => 'arrives';
  /** What nodes draw: whom to ask, how long to wait. Uniform in [0, 1). */
  random: () => number = () => 0.5;

  /** @param seed All that is random follows from it: node keys, and the days on which epochs turn. */
  constructor(readonly seed = 'headcount') {}

  transport(from: string): PeerTransport {
    return {
      send: async (request) => {
        if (this.keepsRequests) this.requests.push(request);
        const weather = this.weather(from, new URL(request.url).origin);
        if (weather === 'is lost') throw new TransportError('lost on the way');
        const answer = await this.deliver(request);
        if (this.keepsRequests) this.answers.push({ to: from, body: answer.body });
        if (weather === 'arrives, answer lost') throw new TransportError('the answer was lost on the way');
        return weather === 'arrives twice' ? this.deliver(request) : answer;
      },
    };
  }

  /** Delivers a request, as often as one likes: a copy that somebody kept is one of these. */
  deliver(request: OutgoingRequest): Promise<IncomingResponse> {
    const node = this.nodes.get(new URL(request.url).origin);
    if (!node) throw new TransportError('nobody is there');
    return node.answer(request);
  }
}

export interface NodeOptions {
  name: string;
  role: Role;
  hub?: PeerAddress;
  /** Several, in the order in which their totals are believed. */
  hubs?: PeerAddress[];
  peers?: PeerAddress[];
  counting?: boolean;
  sketchMinimum?: number;
  /** What stands for a person at its site. */
  scheme?: VisitorScheme;
  /** Other ones than in memory. */
  stores?: { records: Records; counts: CountStore; keyringFile: KeyringFile };
  /** What the node sees of its stores: faults may lie in between. Called at each start. */
  disk?: (disk: Disk) => Disk;
  /** Other ports than a test usually has. */
  ports?: Partial<FederationOptions>;
}

/** All that outlives a process. */
export interface Disk {
  records: Records;
  counts: CountStore;
  keyring: KeyringFile;
}

export const addressOf = (name: string): PeerAddress => ({ url: `http://${name}.test`, nodeId: null });

/** The keyring file of a node, in memory. */
export class MemoryKeyring implements KeyringFile {
  text: string | null = null;

  async read(): Promise<string | null> {
    return this.text;
  }

  async replace(text: string): Promise<void> {
    this.text = text;
  }
}

/** A node of the federation on memory stores, with a site of its own that counts people by address. */
export class TestNode {
  /** Another one is in use after the next restart. */
  key: NodeKey;
  records: Records;
  keyring = new MemoryKeyring();
  /** What other nodes said of the time. */
  readonly witnessed: number[] = [];
  counts: CountStore;
  keys!: KeyHolder;
  windows!: LocalWindows;
  federation!: FederationNode;

  private constructor(
    readonly options: NodeOptions,
    private readonly clock: Clock,
    seed: string,
    original: TestNode | null = null,
  ) {
    this.key = original?.key ?? nodeKeyOf(`${seed}/${options.name}`);
    this.keyring.text = original?.keyring.text ?? null;
    this.records = options.stores?.records ?? new MemoryRecords();
    this.counts = options.stores?.counts ?? new MemoryCountStore(clock);
  }

  static async start(network: MemoryNetwork, clock: Clock, options: NodeOptions): Promise<TestNode> {
    const node = new TestNode(options, clock, network.seed);
    await node.open(network);
    network.nodes.set(addressOf(options.name).url, node);
    return node;
  }

  /** The keys of another node on empty stores, at its own address: a node restored from a backup, or a copy of it. */
  static async restore(
    network: MemoryNetwork,
    clock: Clock,
    options: NodeOptions,
    original: TestNode,
  ): Promise<TestNode> {
    const node = new TestNode(options, clock, network.seed, original);
    await node.open(network);
    return node;
  }

  /** What is in memory is gone; what was stored is still there. */
  async restart(network: MemoryNetwork): Promise<void> {
    await this.open(network);
  }

  get nodeId(): string {
    return this.key.nodeId;
  }

  async visit(...people: readonly string[]): Promise<void> {
    await this.keys.turn(false);
    const nowMs = this.clock.nowMs();
    const [day, hour] = [dayOf(nowMs), hourOf(nowMs)];
    await this.counts.recordBatch(
      people.map((person) => ({ day, hour, sightings: this.keys.sightings(person, day, hour) })),
    );
  }

  async join(line: FederationLine): Promise<void> {
    await this.keys.join(line, false);
  }

  /** Keys, reports, exchange, total: what the schedules of a node do. */
  async round(): Promise<void> {
    await this.keys.turn(true);
    await this.federation.round({ force: true });
  }

  total() {
    const latest = this.federation.board.latest();
    if (!latest) throw new Error(`${this.options.name} has no total`);
    return latest.total;
  }

  estimate(window: '1d' | '7d' | '30d' = '30d'): number | null {
    return this.total().windows[window].uniques.estimate;
  }

  /** The routes that other nodes call, without HTTP. */
  async answer(request: OutgoingRequest): Promise<IncomingResponse> {
    try {
      return await this.answered(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.federation.countRefusal(error.reason);
      return reply(error.status, { reason: error.reason });
    }
  }

  private async open(network: MemoryNetwork): Promise<void> {
    const { name, role, counting = true, hub, hubs = hub ? [hub] : [], peers = [] } = this.options;
    const { scheme = 'ip/1' } = this.options;
    const random = randomStream(`${network.seed}/${name}`);
    const { clock, key } = this;
    const disk = {
      records: this.records,
      counts: this.counts,
      keyring: this.options.stores?.keyringFile ?? this.keyring,
    };
    const { records, counts, keyring: file } = this.options.disk?.(disk) ?? disk;
    this.keys = await KeyHolder.open({ file, clock, random, scheme, blind: !counting });
    this.windows = new LocalWindows(counts, this.keys);
    const counted = new ReportedCounts(this.windows, counts);
    const terms = () => this.reportTerms(records.peers);
    const issuer = new ReportIssuer(counted, records.ledger, key, terms, clock, () => network.random());
    const software = { name: 'headcount', version: '0' };
    this.federation = await FederationNode.open({
      ...{ role, hubs, peers, key, clock, ledger: records.ledger, settings: records.settings },
      computer: new LedgerTotals(records.ledger),
      ...{ rulingStore: records.rulings, audit: records.audit },
      self: { name, url: addressOf(name).url, software, listed: true, counting },
      peerStore: records.peers,
      transport: network.transport(addressOf(name).url),
      random: () => network.random(),
      randomBytes: random,
      line: () =>
        this.totalTerms() && this.keys.holdsKey
          ? formatFederationLine(this.keys.line(true, this.nodeId))
          : null,
      keyring: this.keys,
      isJoining: () => this.keys.current.next !== null,
      receiveLine: async (line, federation) => {
        const parsed = parseFederationLine(line);
        if (parsed.federation !== federation) throw new Error('the line of another federation was delivered');
        await this.keys.join(parsed, false);
      },
      nonce: () => `nonce-${network.nonces++}`.padEnd(24, 'x'),
      policy: { ...defaultPolicy, reportGapMs: 1000 },
      thresholds: defaultThresholds,
      requestsPerMinute: 10_000,
      bytesPerHour: 100 * 1024 * 1024,
      retry: { baseMs: 1000, capMs: 60_000 },
      issueReports: (inAnyCase, charterMinimum) => issuer.issue(inAnyCase, charterMinimum),
      takeBack: (report, sketches) => takeBack(counts, report, sketches),
      terms: () => this.totalTerms(),
      witness: (signedMs) => void this.witnessed.push(signedMs),
      ...this.options.ports,
    });
  }

  private reportTerms(peers: PeerStore): Promise<ReportTerms | null> {
    const { role, counting = true, sketchMinimum = 0 } = this.options;
    return reportTerms(this.keys, { role, counting, sketchMinimum }, peers);
  }

  private totalTerms() {
    const { federation, name, scheme } = this.keys.current.current;
    return name === ''
      ? null
      : { federation, name, identity: scheme, readKey: (day: string) => this.keys.keyOfWindow(day) ?? '' };
  }

  private async answered(request: OutgoingRequest): Promise<IncomingResponse> {
    const { path, query } = targetOf(request.url);
    const { gate } = this.federation;
    if (path === '/.well-known/headcount') return reply(200, this.federation.ownCard());
    const { authority } = targetOf(addressOf(this.options.name).url);
    const received = { method: request.method, authority, path, query, headers: request.headers };
    const body = request.body ?? new Uint8Array(0);
    if (path === '/federation/v1/join') {
      const { card: envelope } = joinSchema.parse(parseStrictJson(body));
      const card = openCard(envelope);
      await gate.admit(received, (id) => keyInUse(card, id));
      gate.checkBody(received, body);
      return reply(200, { status: await this.federation.requestToJoin(card, envelope) });
    }
    const caller = await gate.admit(received);
    const { answers } = this.federation;
    if (path.startsWith('/federation/v1/keys/')) {
      const to = path.slice('/federation/v1/keys/'.length);
      if (request.method === 'GET') return reply(200, await answers.letters(caller, to));
      gate.checkBody(received, body);
      return reply(200, await answers.putLetter(caller, to, body));
    }
    if (path === '/federation/v1/keying') {
      if (request.method === 'GET') return unlessKnown(request, answers.keyings(caller));
      gate.checkBody(received, body);
      return reply(200, await answers.takeKeyings(caller, body));
    }
    if (path === '/federation/v1/charter') {
      if (request.method === 'GET') return unlessKnown(request, answers.charters(caller));
      gate.checkBody(received, body);
      return reply(200, await answers.takeCharter(caller, body));
    }
    if (path === '/federation/v1/roster') {
      if (request.method === 'GET') return unlessKnown(request, answers.rosters(caller));
      gate.checkBody(received, body);
      return reply(200, await answers.takeRoster(caller, body));
    }
    if (path === '/federation/v1/total') {
      const answer = unlessKnown(request, answers.total(caller).envelope);
      return answers.passesOn ? { ...answer, headers: { ...answer.headers, link: LINK_TO_ABOVE } } : answer;
    }
    if (path === '/federation/v1/total/above') return unlessKnown(request, answers.totalAbove(caller));
    gate.checkBody(received, body);
    if (path === '/federation/v1/digest') return reply(200, await answers.digest(caller, body));
    if (path === '/federation/v1/leave') return reply(200, await answers.leave(caller));
    if (path === '/federation/v1/introductions') return reply(200, await answers.introductions(caller, body));
    if (path === '/federation/v1/proofs') return reply(200, await answers.proofs(caller, body));
    if (path === '/federation/v1/pull') return reply(200, await answers.pull(caller, body));
    return reply(200, await answers.reports(caller, body));
  }
}

/** With an ETag, as over HTTP. */
function unlessKnown({ headers }: OutgoingRequest, body: object | string): IncomingResponse {
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('hex')}"`;
  const answer = headers['if-none-match'] === etag ? reply(304, '') : reply(200, body);
  return { ...answer, headers: { etag } };
}

function reply(status: number, body: object | string): IncomingResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: {}, body: Buffer.from(text) };
}

/** RFC 8410: what stands before the 32 secret bytes of an Ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function nodeKeyOf(seed: string): NodeKey {
  const secret = createHash('sha256').update(`node key/${seed}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  return NodeKey.fromPem(key.export({ type: 'pkcs8', format: 'pem' }) as string);
}

/** Bytes that look random and are the same in every run: SHA-256 in counter mode. */
function randomStream(seed: string): (count: number) => Uint8Array {
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
