import { addDays, DAY_MS, type Day, dayOf, dayStartMs, hourOf } from '../../src/clock/day.js';
import type { ManualClock } from '../../src/clock/clock.js';
import type { PeerAddress, Role } from '../../src/config/config.js';
import { FederationNode } from '../../src/federation/core/federation-node.js';
import { defaultPolicy, type Policy } from '../../src/federation/core/policy.js';
import type { PeerTransport } from '../../src/federation/core/transport.js';
import { KeyHolder, type KeyringFile } from '../../src/keys/key-holder.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { ReportIssuer } from '../../src/reporting/report-issuer.js';
import { reportTerms } from '../../src/reporting/report-terms.js';
import { LocalWindows } from '../../src/stats/local-windows.js';
import { ReportedCounts } from '../../src/stats/reported-counts.js';
import { MemoryCountStore } from '../../src/storage/memory/memory-count-store.js';
import { MemoryRecords } from '../../src/storage/memory/memory-records.js';

export interface NodeChoices {
  name: string;
  role: Role;
  hub?: PeerAddress;
  peers?: readonly PeerAddress[];
  counting?: boolean;
  /** 0 unless told otherwise: a test's instances are small. */
  sketchMinimum?: number | null;
  policy?: Partial<Policy>;
}

export interface Surroundings {
  clock: ManualClock;
  transport: PeerTransport;
  /** Random bytes that a failing run can be given again. */
  random(count: number): Uint8Array;
}

/** A keyring's file that keeps every text it was ever given, so that a test can search all of them. */
export class MemoryKeyringFile implements KeyringFile {
  readonly written: string[] = [];

  async read(): Promise<string | null> {
    return this.written.at(-1) ?? null;
  }

  async replace(text: string): Promise<void> {
    this.written.push(text);
  }
}

/** A whole node without framework, disk and network: counts, keys, reports and the federation's core. */
export class MemoryNode {
  readonly key = NodeKey.generate();
  readonly records = new MemoryRecords();
  readonly counts: MemoryCountStore;
  readonly local: LocalWindows;
  readonly witnessed: number[] = [];
  core!: FederationNode;

  private constructor(
    readonly choices: NodeChoices,
    private readonly around: Surroundings,
    readonly keys: KeyHolder,
    readonly keyringFile: MemoryKeyringFile,
  ) {
    this.counts = new MemoryCountStore(around.clock);
    this.local = new LocalWindows(this.counts, keys);
  }

  static async open(choices: NodeChoices, around: Surroundings): Promise<MemoryNode> {
    const file = new MemoryKeyringFile();
    const { clock, random } = around;
    const blind = choices.counting === false;
    const keys = await KeyHolder.open({ file, clock, random, scheme: 'site-id/1', blind });
    const node = new MemoryNode(choices, around, keys, file);
    node.core = await FederationNode.open(node.coreOptions());
    return node;
  }

  get nodeId(): string {
    return this.key.nodeId;
  }

  get url(): string {
    return urlOf(this.choices.name);
  }

  get issuer(): ReportIssuer {
    const { counting = true, role, sketchMinimum = 0 } = this.choices;
    const terms = () => reportTerms(this.keys, { counting, role, sketchMinimum }, this.records.peers);
    const reported = new ReportedCounts(this.local, this.counts);
    return new ReportIssuer(reported, this.records.ledger, this.key, terms, this.around.clock);
  }

  /** A person comes to this node's site, now or on a day of the past. */
  async visit(person: string, day: Day = dayOf(this.around.clock.nowMs())): Promise<void> {
    const isToday = day === dayOf(this.around.clock.nowMs());
    const hour = isToday ? hourOf(this.around.clock.nowMs()) : null;
    await this.counts.record({ day, hour, sightings: this.keys.sightings(person, day, hour) });
  }

  /** One turn of the node's schedule. */
  async round(): Promise<void> {
    await this.keys.turn(true);
    await this.core.round({ force: true });
  }

  /** The total as this node published or fetched it. */
  total() {
    const latest = this.core.board.latest();
    if (!latest) throw new Error(`${this.choices.name} has no total`);
    return latest.total;
  }

  private coreOptions() {
    const { role, name, hub = null, peers = [], counting = true, policy = {} } = this.choices;
    const { ledger, peers: peerStore, settings } = this.records;
    const { clock, transport, random } = this.around;
    const software = { name: 'headcount', version: '0.0.0' };
    return {
      role,
      self: { name, url: this.url, software, listed: true, counting },
      hub,
      peers,
      key: this.key,
      ledger,
      peerStore,
      settings,
      transport,
      clock,
      random: () => Buffer.from(random(4)).readUInt32LE() / 2 ** 32,
      nonce: () => Buffer.from(random(16)).toString('base64url'),
      policy: { ...defaultPolicy, ...policy },
      requestsPerMinute: 10_000,
      retry: { baseMs: 1000, capMs: 60_000 },
      issueReports: () => this.issuer.issue(),
      terms: () => this.terms(),
      witness: (signedMs: number) => void this.witnessed.push(signedMs),
    };
  }

  private terms() {
    const { federation, name } = this.keys.current.current;
    if (name === '') return null;
    return { federation, readKey: (day: Day) => this.keys.keyOfWindow(day) ?? '' };
  }
}

export function urlOf(name: string): string {
  return `http://${name}.example`;
}

/** Noon, a good while before the next midnight. */
export function noonOf(day: Day, later = 0): number {
  return dayStartMs(addDays(day, later)) + DAY_MS / 2;
}
