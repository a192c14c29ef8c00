import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { addDays, dayOf } from '../clock/day.js';
import type { Config, PeerAddress } from '../config/config.js';
import { peerAddress, SettingError } from '../config/parsers.js';
import { softwareName, softwareVersion } from '../config/software.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, CONFIG, COUNT_STORE, RECORDS } from '../http/tokens.js';
import {
  FederationLineError,
  formatFederationLine,
  isFederationName,
  parseFederationLine,
} from '../identity/federation-line.js';
import { KeyringError } from '../identity/keyring.js';
import { KeyHolder, SchemeMismatchError } from '../keys/key-holder.js';
import { Refusal } from '../protocol/refusal.js';
import type { CountStore } from '../storage/count-store.js';
import type { Records } from '../storage/records.js';
import type { Decider } from './core/decisions.js';
import { FederationNode } from './core/federation-node.js';
import type { KnownPeer } from './core/membership.js';
import { PeerRefusedError } from './core/peer-calls.js';
import { TransportError } from './core/transport.js';
import { type FederationView, federationView } from './federation-view.js';
import { keyWarning, statuteWarning } from './key-warnings.js';
import type { NodeStatus } from './node-status.js';
import { type PeerView, peerView } from './peer-view.js';
import { hasCountedToday } from './receive-line.js';
import { bundleOf, type TotalBundle } from './total-bundle.js';

/** Addresses of the hub and peers that could not be told. */
export interface Leaving {
  untold: string[];
}

/** What an administrator sees and decides, by API and command line alike. */
@Injectable()
export class FederationAdmin {
  constructor(
    private readonly node: FederationNode,
    private readonly keys: KeyHolder,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(COUNT_STORE) private readonly counts: CountStore,
    @Inject(RECORDS) private readonly records: Records,
  ) {}

  async status(): Promise<NodeStatus> {
    const today = this.today();
    const [counted] = await this.counts.days(today, today);
    const latest = this.node.shownTotal()?.signed;
    return {
      node: this.node.nodeId,
      words: this.node.keys.ownWords,
      name: this.config.name,
      role: this.node.role,
      counting: this.config.counting,
      software: `${softwareName} ${softwareVersion}`,
      federation: this.federation().name,
      today: { day: today, hits: counted?.hits ?? 0, dropped: counted?.dropped ?? {} },
      exchanges: this.node.exchanges.map(({ address, nodeId, state, lastError, catchUp }) => ({
        url: address.url,
        node: nodeId,
        state,
        pin: nodeId === null ? null : (this.node.membership.peer(nodeId)?.pin ?? null),
        lastError,
        catchUp,
      })),
      refused: Object.fromEntries(this.node.refused),
      totalAsOf: latest?.total.asOf ?? null,
      totalFrom: this.urlOf(latest?.total.publisher),
      warnings: this.warnings(),
    };
  }

  async peers(): Promise<PeerView[]> {
    return Promise.all(this.node.membership.peers().map((peer) => this.view(peer)));
  }

  /** Puts the node at an address on the list, as if it had asked to join: approving it is another step. */
  async add(url: string, by: string): Promise<PeerView> {
    const address = addressOf(url);
    await this.note('add', { url: address.url }, { by, why: '' });
    const { node } = await reaching(() => this.node.meet(address));
    return this.view(this.known(this.node.membership.peer(node)));
  }

  async approve(nodeId: string, trusted: boolean, decider: Decider): Promise<PeerView> {
    this.known(this.node.membership.peer(nodeId));
    await this.note(trusted ? 'approve as trusted' : 'approve', { node: nodeId }, decider);
    return this.view(this.known(await this.node.approve(nodeId, { trusted })));
  }

  async suspend(nodeId: string, decider: Decider): Promise<PeerView> {
    this.known(this.node.membership.peer(nodeId));
    await this.note('suspend', { node: nodeId }, decider);
    return this.view(this.known(await this.node.suspend(nodeId)));
  }

  async appointAuditor(nodeId: string, decider: Decider): Promise<PeerView> {
    this.known(this.node.membership.peer(nodeId));
    await this.note('appoint as auditor', { node: nodeId }, decider);
    return this.view(this.known(await this.node.appointAuditor(nodeId)));
  }

  async appointSubHub(nodeId: string, trusted: boolean, decider: Decider): Promise<PeerView> {
    this.known(this.node.membership.peer(nodeId));
    await this.note(trusted ? 'appoint as trusted sub-hub' : 'appoint as sub-hub', { node: nodeId }, decider);
    return this.view(this.known(await this.node.appointSubHub(nodeId, { trusted })));
  }

  /** The peer as it stood. */
  async forget(nodeId: string, decider: Decider): Promise<PeerView> {
    const view = await this.view(this.known(this.node.membership.peer(nodeId)));
    await this.note('forget', { node: nodeId }, decider);
    await this.node.forget(nodeId);
    return view;
  }

  async remove(nodeId: string, decider: Decider): Promise<PeerView> {
    this.known(this.node.membership.peer(nodeId));
    await this.note('remove', { node: nodeId }, decider);
    return this.view(this.known(await this.node.remove(nodeId)));
  }

  /** Every report goes out once more with the next round. */
  forgetDeliveries(): void {
    for (const exchange of this.node.exchanges) exchange.forgetDeliveries();
  }

  federation(): FederationView {
    return federationView(this.keys.current);
  }

  async found(name: string, by: string): Promise<FederationView> {
    if (!this.config.counting)
      throw refused('A hub that counts no site holds no key: found the federation on a member.');
    if (!isFederationName(name) || name === '') throw invalid('name', 'A name has 1 to 64 plain characters.');
    await this.note('found federation', { name }, { by, why: '' });
    await this.keys.found(name, await this.hasCountedToday());
    return this.federation();
  }

  async join(text: string, by: string): Promise<FederationView> {
    await refusing('line', async () => {
      const line = parseFederationLine(text);
      await this.note('import federation', { name: line.name, federation: line.federation }, { by, why: '' });
      await this.node.comeBack();
      await this.keys.join(line, await this.hasCountedToday());
    });
    return this.federation();
  }

  exportLine(isPublic: boolean): Promise<string> {
    if (this.federation().name === null)
      throw refused('This node is in no federation: `headcount federation new <name>` founds one.');
    return refusing('public', async () => formatFederationLine(this.keys.line(!isPublic, this.node.nodeId)));
  }

  /** Withdraws this node's days everywhere, and counts under keys of its own from the next day on. */
  async leave(by: string): Promise<Leaving> {
    const { name } = this.federation();
    if (name === null) throw refused('This node is in no federation.');
    await this.note('leave', { federation: name }, { by, why: '' });
    const untold = await this.node.leave();
    await this.keys.found('', await this.hasCountedToday());
    return { untold };
  }

  /** After a person made sure that no other copy of this node runs. */
  async resume(by: string): Promise<FederationView> {
    await this.note('resume', {}, { by, why: '' });
    await this.node.own.resume();
    return this.federation();
  }

  /** The signed report of a day, exactly as it leaves. */
  async ownReport(day: string): Promise<string> {
    const slot = await this.records.ledger.slot(this.node.nodeId, day);
    if (!slot) throw new ProblemError('not-found', `No report of ${day} has been issued.`, { field: 'day' });
    return slot.accepted.envelope;
  }

  /** A total of this moment with all it was computed from. */
  async totalBundle(): Promise<TotalBundle> {
    const snapshot = this.node.publishes ? await this.node.board.snapshot() : null;
    if (!snapshot) throw refused('This node computes no total: ask a hub or a peer of a federation.');
    return bundleOf(snapshot, this.node);
  }

  private urlOf(publisher: string | undefined): string | null {
    const hub = this.node.exchanges.find(({ nodeId }) => nodeId !== null && nodeId === publisher);
    const passing = this.node.exchanges.find(({ above }) => above?.node === publisher);
    return hub?.address.url ?? passing?.above?.url ?? null;
  }

  private async view(peer: KnownPeer): Promise<PeerView> {
    const today = this.today();
    const known = { ...peer, status: this.node.membership.statusOf(peer.nodeId) ?? peer.status };
    for (let back = 0; back < 8; back++) {
      const day = addDays(today, -back);
      const report = (await this.records.ledger.slot(peer.nodeId, day))?.accepted.report;
      if (!report) continue;
      const fresh = Date.parse(report.validUntil) >= this.clock.nowMs();
      return peerView(known, { day, issuedAt: report.issuedAt, fresh });
    }
    return peerView(known, null);
  }

  private known(peer: KnownPeer | null): KnownPeer {
    if (peer) return peer;
    throw new ProblemError('not-found', 'No node of that id is known here.', { field: 'node' });
  }

  private async note(action: string, subject: Record<string, string>, decider: Decider): Promise<void> {
    await this.records.audit.append({ atMs: this.clock.nowMs(), ...decider, action, subject });
  }

  private hasCountedToday(): Promise<boolean> {
    const { keys, counts, clock } = this;
    return hasCountedToday({ keys, counts, clock });
  }

  private warnings(): string[] {
    const warnings: string[] = [];
    const { clone } = this.node.own;
    if (clone) {
      warnings.push(
        `another copy of this node reports under its name (a report of ${clone.day} was seen at ${clone.seenAt}): ` +
          'nothing is reported until that copy is stopped and `headcount federation resume` says so',
      );
    }
    const isFederated = this.node.role !== 'standalone';
    if (isFederated && this.federation().name === null && !this.config.counting) {
      warnings.push(
        'this hub is in no federation yet: import the line of `headcount federation export --public`',
      );
    } else if (isFederated && this.federation().name === null) {
      warnings.push(
        'this node has no key of a federation yet: a member gives it with `headcount endorse`, or by `federation export`',
      );
    }
    warnings.push(...this.node.keyings.alarms().map(keyWarning));
    warnings.push(...this.node.statutes.alarms().map(statuteWarning));
    if (this.config.role === 'peer' || (this.config.role === 'hub' && this.config.counting)) {
      warnings.push(
        'members hold both keys and sketches: whoever has both can test whether a person was here',
      );
    }
    return warnings;
  }

  private today() {
    return dayOf(this.clock.nowMs());
  }
}

function invalid(field: string, detail: string): ProblemError {
  return new ProblemError('invalid-field', detail, { field });
}

function refused(detail: string): ProblemError {
  return new ProblemError('conflict', detail);
}

function addressOf(url: string): PeerAddress {
  try {
    return peerAddress(url);
  } catch (error) {
    if (error instanceof SettingError) throw invalid('url', error.message);
    throw error;
  }
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isTheirs =
      error instanceof TransportError || error instanceof PeerRefusedError || error instanceof Refusal;
    if (isTheirs) throw new ProblemError('conflict', error.message, { field: 'url' });
    throw error;
  }
}

async function refusing<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FederationLineError) throw invalid(field, error.message);
    if (error instanceof KeyringError || error instanceof SchemeMismatchError) throw refused(error.message);
    throw error;
  }
}
