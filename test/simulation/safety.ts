import { DAY_MS, dayOf, dayStartMs } from '../../src/clock/day.js';
import { bundleOf, verifyBundle } from '../../src/federation/total-bundle.js';
import { lastDayOfEpoch } from '../../src/identity/epoch-calendar.js';
import type { Keyring } from '../../src/identity/keyring.js';
import { parseKeyring } from '../../src/identity/keyring-text.js';
import { type NodeCard, openCard } from '../../src/protocol/card.js';
import { envelopeId, isSignedBy, readEnvelope } from '../../src/protocol/envelope.js';
import { REPORT_BYTES_MAX } from '../../src/protocol/report.js';
import { Sketch } from '../../src/sketch/sketch.js';
import { daySketchName } from '../../src/storage/count-store.js';
import type { LedgerReport } from '../../src/storage/ledger.js';
import type { Simulation } from './simulation.js';
import type { Site } from './site.js';
import { Violation } from './violation.js';

const KEY_LEFT_MS = 48 * 3_600_000;
/** The first and the last day that there can be. */
export const ALWAYS = ['0000-01-01', '9999-12-31'] as const;

/** What is remembered from one look at a federation to the next. */
export class Watch {
  /** Reports that were looked at: they are values. */
  readonly seen = new WeakSet<LedgerReport>();
  /** Which report an origin gave a number to: it may never be another one. */
  readonly numbers = new Map<string, string>();
  /** Whom each sketch of a day counts as whom: all nodes must agree. */
  readonly ids = new Map<string, string>();
  /** Secret bytes that no blind hub may ever hold, as latin1. */
  readonly secrets = new Set<string>();

  private looks = 0;
  private readonly cards = new Map<string, NodeCard>();
  private readonly keyrings = new Map<string, Keyring>();

  constructor(readonly simulation: Simulation) {}

  /** What holds after every step. `thorough` computes totals and sketches again, which takes longest. Throws Violation. */
  async checkSafety({ thorough, isOver = false }: { thorough: boolean; isOver?: boolean }): Promise<void> {
    const { sites, hubs, counting } = this.simulation;
    for (const site of sites) {
      if (site.problem !== null) throw new Violation(`${site.name} broke: ${site.problem}`);
      await this.checkLedger(site);
      this.checkOldKeys(site);
      this.checkQuarantine(site);
      if (site.node.federation.own.clone && !site.mayAlarm && !site.isLiar)
        throw new Violation(`${site.name} takes itself for a copy`);
    }
    if (hubs.some(({ node }) => node.keys.current.current.chain.keys.size > 0))
      throw new Violation('a blind hub holds a key');
    if (!thorough) return;
    for (const site of counting) {
      this.checkIds(site);
      // Whoever lies takes its own lies back after a start.
      if (!site.isLiar) await checkCounts(site);
    }
    const publishers = this.simulation.publishers.filter(({ isLiar }) => !isLiar);
    this.looks += 1;
    const some = isOver ? publishers : [publishers[this.looks % publishers.length]!];
    for (const publisher of some) if (publisher.isUp) await this.checkTotal(publisher, isOver);
    for (const hub of hubs) this.checkBlindHub(hub);
  }

  /** Every report is its origin's, stands under its own day and number, and no number has two. */
  private async checkLedger({ name, node }: Site): Promise<void> {
    for (const { accepted, counted } of await node.records.ledger.slots(...ALWAYS)) {
      for (const stored of counted ? [accepted, counted] : [accepted]) {
        if (this.seen.has(stored)) continue;
        this.checkReport(name, stored);
        this.seen.add(stored);
        this.simulation.news.add(stored.envelope);
      }
      if (counted && counted.seq > accepted.seq) throw new Violation(`${name} counts more than it accepted`);
    }
  }

  private checkReport(name: string, { envelope, origin, day, seq, reportId, report }: LedgerReport): void {
    const site = this.simulation.counting.find(({ nodeId }) => nodeId === origin);
    const opened = readEnvelope(envelope, REPORT_BYTES_MAX);
    const keys = site ? this.cardOf(site).keys : [];
    const isItsOwn = keys.some(
      ({ keyId, publicKey }) => keyId === opened.keyId && isSignedBy(opened, publicKey),
    );
    if (!site || !isItsOwn) throw new Violation(`${name} holds a report of ${origin} that it did not sign`);
    const isAbout = report.origin === origin && report.day === day && report.seq === seq;
    if (!isAbout || envelopeId(envelope) !== reportId)
      throw new Violation(`${name} holds a report of ${day} under another name`);
    if (site.isLiar || this.simulation.clone?.original === site) return;
    const number = `${site.name} ${day} ${seq}`;
    const known = this.numbers.get(number);
    if (known !== undefined && known !== reportId)
      throw new Violation(`${number} is the number of two reports`);
    this.numbers.set(number, reportId);
  }

  private checkIds({ name, visitors, node }: Site): void {
    for (const secret of node.keys.current.current.chain.keys.values())
      this.secrets.add(Buffer.from(secret).toString('latin1'));
    for (const day of visitors.days)
      for (const [sketch, people] of visitors.ids(day)) {
        if (!sketch.startsWith(daySketchName(day, ''))) continue;
        for (const [person, id] of people) {
          const key = `${sketch} ${person}`;
          const hex = Buffer.from(id).toString('hex');
          if ((this.ids.get(key) ?? hex) !== hex)
            throw new Violation(`${name} takes ${person} for somebody else`);
          this.ids.set(key, hex);
        }
      }
  }

  /** What a node publishes is what anybody computes from the same inputs, and what its counted reports add up to. */
  private async checkTotal(site: Site, isOver: boolean): Promise<void> {
    const { simulation } = this;
    const snapshot = await site.life.calmly(() => site.node.federation.board.snapshot());
    if (!snapshot) return;
    const found = verifyBundle(bundleOf(snapshot, site.node.federation)).problems;
    const problems = found.filter((problem) => isOver || !this.isOfRetiredKey(problem));
    if (problems.length > 0) throw new Violation(`${site.name}: ${problems.join('; ')}`);
    const { asOf } = snapshot.signed.total;
    if (asOf.slice(0, 10) !== dayOf(site.clock.nowMs()))
      throw new Violation(`${site.name} publishes a total of another day`);
    for (const { counted } of snapshot.slots) {
      if (!counted) continue;
      const decision = await site.node.records.ledger.decision(counted.origin, counted.day, counted.seq);
      if (decision?.verdict !== 'count') throw new Violation(`${site.name} counts what it holds back`);
    }
    if (site === simulation.hub)
      for (const { name, nodeId } of simulation.removed)
        if (snapshot.slots.some(({ accepted }) => accepted.origin === nodeId))
          throw new Violation(`${name} was removed and is in the total`);
  }

  /** 48 h after its end the key of an epoch is gone from a node that was told the time, and from its file. */
  private checkOldKeys({ name, node, agreedMs }: Site): void {
    const { text } = node.keyring;
    if (agreedMs === null || text === null) return;
    const kept = this.keyrings.get(text) ?? parseKeyring(text);
    this.keyrings.set(text, kept);
    for (const { calendar, chain } of [node.keys.current.current, kept.current])
      for (const epoch of chain.keys.keys()) {
        const endMs = dayStartMs(lastDayOfEpoch(calendar, epoch)) + DAY_MS;
        if (endMs + KEY_LEFT_MS <= agreedMs)
          throw new Violation(`${name} still has the key of epoch ${epoch}`);
      }
  }

  /** Who saw an origin contradict itself lets it count no more. */
  private checkQuarantine({ name, node, isUp }: Site): void {
    // One that is killed as it sees it will see it again.
    if (!isUp) return;
    const { refused, membership } = node.federation;
    if (!refused.has('equivocation') || this.simulation.faults.has('full disks')) return;
    if (membership.peers().every(({ contradiction }) => contradiction === null))
      throw new Violation(`${name} saw a contradiction and let it pass`);
  }

  /**
   * Until the origin has signed them again, and everyone has heard of it, its reports from before a theft stand, and those
   * from after a change that it dated back, since its clock was behind.
   */
  private isOfRetiredKey(problem: string): boolean {
    return this.simulation.counting.some(
      (site) => this.cardOf(site).keys.length > 1 && problem.startsWith(`the report of ${site.nodeId} of`),
    );
  }

  private cardOf({ node }: Site): NodeCard {
    const text = node.federation.ownCard();
    const card = this.cards.get(text) ?? openCard(text);
    this.cards.set(text, card);
    return card;
  }

  private checkBlindHub({ node }: Site): void {
    const held = textOf([node.records, node.keyring]);
    for (const secret of this.secrets) {
      const bytes = Buffer.from(secret, 'latin1');
      for (const form of ['base64', 'base64url', 'hex', 'latin1'] as const)
        if (held.includes(bytes.toString(form).replace(/=+$/, '')))
          throw new Violation('a blind hub stores a key');
    }
  }
}

/** Every visit that was acknowledged is in the sketches, and nobody else is. */
async function checkCounts({ name, node, visitors }: Site): Promise<void> {
  for (const day of visitors.days) {
    for (const [sketchName, people] of visitors.ids(day)) {
      if (!sketchName.startsWith(daySketchName(day, ''))) continue;
      const certain = visitors.counted(day, sketchName);
      const [least, most] = [new Sketch(), new Sketch()];
      for (const [person, id] of people) {
        most.add(id);
        if (certain.has(person)) least.add(id);
      }
      const counted = (await node.counts.sketch(sketchName)) ?? new Sketch();
      if (most.merge(counted)) throw new Violation(`${name}: ${sketchName} has people who were not there`);
      if (counted.merge(least)) throw new Violation(`${name}: ${sketchName} lacks people who were there`);
    }
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value instanceof Map) return [...value].flat().map(textOf).join('\n');
  if (value !== null && typeof value === 'object') return Object.values(value).map(textOf).join('\n');
  return '';
}
