import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, CONFIG, RECORDS } from '../http/tokens.js';
import { type Invite, InviteError, parseInvite } from '../protocol/invite.js';
import { NodeSettings } from '../settings/node-settings.js';
import type { Records } from '../storage/records.js';
import type { Decider } from './core/decisions.js';
import { FederationNode } from './core/federation-node.js';
import type { Cut } from './core/keyings.js';
import type { JoiningView } from './joining-view.js';
import { FederationSchedule } from './schedule.js';

/** How nodes come to a federation: invites, requests for the key, and the persons who decide about them. */
@Injectable()
export class JoiningAdmin {
  constructor(
    private readonly node: FederationNode,
    private readonly schedule: FederationSchedule,
    private readonly settings: NodeSettings,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RECORDS) private readonly records: Records,
  ) {}

  async look(): Promise<JoiningView> {
    await this.node.lookForLetters();
    return this.view();
  }

  private view(): JoiningView {
    const { ownWords, held } = this.node.keys;
    const waitingFor = held && {
      ...{ inviter: held.inviter, federation: held.federation, url: held.url, expires: held.expires },
    };
    return {
      words: ownWords,
      waitingFor,
      restarting: false,
      requests: this.node.keys.requests(),
      offers: this.node.keys.offered(),
    };
  }

  async invite(by: string): Promise<{ invite: string }> {
    const invite = await this.node.keys.invite(this.place());
    if (!invite) throw refused('This node holds no key of a federation: ask a member that does.');
    await this.note('invite', {}, { by, why: '' });
    return { invite };
  }

  /** Joins by an invite: asks the hub to be let in, and the inviter for the key. */
  async join(text: string, by: string): Promise<JoiningView> {
    const invite = inviteOf(text);
    if (Date.parse(invite.expires) < this.clock.nowMs())
      throw refused('The invite has expired: ask for a new one.');
    if (invite.inviter === this.node.nodeId)
      throw refused('This invite is this node’s own: hand it to another one.');
    if (this.node.keys.hasFederation) throw refused('This node is in a federation already.');
    await this.node.comeBack();
    this.demandReach(invite);
    const becomesPeer = this.node.role === 'standalone' && invite.mode === 'mesh';
    if (becomesPeer)
      await this.settings.choose({ role: 'peer', peers: [`${invite.url}#${invite.node}`] }, by);
    await this.note('join', { federation: invite.federation, inviter: invite.inviter }, { by, why: '' });
    await this.node.keys.hold(invite);
    if (becomesPeer) return { ...this.view(), restarting: true };
    if (this.node.role === 'standalone') await this.node.joinHub({ url: invite.url, nodeId: invite.node });
    await this.schedule.runNow();
    return this.view();
  }

  startAnew(): void {
    this.settings.startAnew();
  }

  /** A person has compared the words: the node gets the key. */
  async endorse(node: string, decider: Decider): Promise<JoiningView> {
    demandOne(this.node.keys.requests(), node, 'No node of that id asks this one for the key.');
    await this.note('endorse', { node }, decider);
    try {
      await this.node.keys.endorse(node);
    } catch (error) {
      throw refused(`The key could not be given to that node: ${(error as Error).message}`);
    }
    return this.view();
  }

  /** Everybody who may still receive keys goes on under new ones from tomorrow on; whoever is out can't follow. */
  async cut(why: string, by: string): Promise<Cut> {
    const cut = await this.node.cut(why);
    if (cut === 'no-key') throw refused('This node holds no key of a federation: a member that does cuts.');
    if (cut === 'under-way')
      throw refused('A cut is under way: new keys count from tomorrow on, and can be cut again then.');
    await this.note('cut', {}, { by, why });
    await this.schedule.runNow();
    return cut;
  }

  /** The node gets no later key from this one, nor from whoever trusts this one alone. */
  async withhold(node: string, decider: Decider): Promise<JoiningView> {
    if (node === this.node.nodeId) throw refused('That is this node itself.');
    if (!this.node.keys.hasFederation) throw refused('This node is in no federation.');
    await this.note('withhold', { node }, decider);
    await this.node.keys.withhold(node);
    await this.node.keyings.tend();
    return this.view();
  }

  /** A person has compared the words of a member that offers a key without an invite. */
  async accept(node: string, decider: Decider): Promise<JoiningView> {
    demandOne(this.node.keys.offered(), node, 'No node of that id offers a key.');
    await this.note('accept', { node }, decider);
    await this.node.keys.accept(node);
    return this.view();
  }

  /** Where somebody whom this node invites should ask to be let in. */
  private place(): Pick<Invite, 'mode' | 'url' | 'node'> {
    const mode = this.node.role === 'peer' ? 'mesh' : 'hub';
    const hubs = this.node.role === 'member' ? this.node.exchanges : [];
    for (const { nodeId, address } of hubs) if (nodeId) return { mode, url: address.url, node: nodeId };
    if (hubs.length > 0)
      throw refused('The hub was never reached yet: it must answer before others can be invited.');
    if (!this.config.publicUrl)
      throw refused('An invite says where to ask: set HEADCOUNT_HUB or HEADCOUNT_PUBLIC_URL.');
    return { mode, url: this.config.publicUrl, node: this.node.nodeId };
  }

  private demandReach({ mode, url }: Invite): void {
    if (this.node.exchanges.some(({ address }) => address.url === url)) return;
    if (this.node.role !== 'standalone') {
      const setting = mode === 'mesh' ? 'HEADCOUNT_PEERS' : 'HEADCOUNT_HUB';
      throw refused(`This node does not report to ${url}: set ${setting}=${url}.`);
    }
    if (mode === 'mesh' && !this.config.publicUrl)
      throw refused(
        'The federation is a mesh, in which the others call this node: set HEADCOUNT_PUBLIC_URL.',
      );
  }

  private async note(action: string, subject: Record<string, string>, decider: Decider): Promise<void> {
    await this.records.audit.append({ atMs: this.clock.nowMs(), ...decider, action, subject });
  }
}

function demandOne(list: readonly { node: string }[], node: string, detail: string): void {
  if (!list.some((one) => one.node === node)) throw new ProblemError('not-found', detail, { field: 'node' });
}

function inviteOf(text: string): Invite {
  try {
    return parseInvite(text);
  } catch (error) {
    if (error instanceof InviteError)
      throw new ProblemError('invalid-field', error.message, { field: 'invite' });
    throw error;
  }
}

function refused(detail: string): ProblemError {
  return new ProblemError('conflict', detail);
}
