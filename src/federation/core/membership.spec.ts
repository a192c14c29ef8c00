import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../clock/clock.js';
import { type NodeCard, openCard, signCard } from '../../protocol/card.js';
import { changeKey } from '../../protocol/key-chain.js';
import { NodeKey } from '../../protocol/node-key.js';
import { MemoryPeerStore } from '../../storage/memory/memory-peer-store.js';
import type { Peer } from '../../storage/peer-store.js';
import { Membership } from './membership.js';
import { defaultPolicy } from './policy.js';

/** A store that takes its time, so that changes overlap. */
class SlowPeerStore extends MemoryPeerStore {
  override async put(peer: Peer): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    await super.put(peer);
  }
}

let clock: ManualClock;
let store: SlowPeerStore;
let membership: Membership;
beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  store = new SlowPeerStore();
  membership = await Membership.load(store, clock, defaultPolicy);
});

function newCard(key = NodeKey.generate(), version = 1): { card: NodeCard; envelope: string } {
  const software = { name: 'x', version: '1' };
  const fields = { name: null, url: null, software, listed: false, counting: true, version };
  const envelope = signCard(fields, key);
  return { card: openCard(envelope), envelope };
}

const ask = ({ card, envelope }: ReturnType<typeof newCard>) =>
  membership.requestToJoin(card, envelope, 'member');

describe('the digest of the members', () => {
  it('is others than ever before when it is decided anew whose reports are taken, and the same otherwise', async () => {
    const key = NodeKey.generate();
    const node = newCard(key);
    const { node: id } = node.card;
    const seen: string[] = [membership.digest()];
    const expectChange = async (change: Promise<unknown>) => {
      await change;
      expect(seen).not.toContain(membership.digest());
      seen.push(membership.digest());
    };
    const expectNone = async (change: Promise<unknown>) => {
      await change;
      expect(membership.digest()).toBe(seen.at(-1));
    };
    await expectNone(ask(node));
    await expectChange(membership.approve(id, { trusted: true }));
    await expectNone(membership.noteSeen(id));
    await expectNone(membership.noteError(id, 'away'));
    await expectNone(ask(newCard(key, 2)));
    await expectChange(membership.appointSubHub(id, { trusted: true }));
    const member = newCard();
    await expectNone(ask(member));
    await expectChange(membership.approve(member.card.node, { trusted: false }));
    await membership.suspend(member.card.node);
    expect(membership.digest()).toBe(seen.at(-2));
    clock.advance(1000);
    await expectChange(membership.approve(member.card.node, { trusted: false }));
    const again = await Membership.load(store, clock, defaultPolicy);
    expect(again.digest()).toBe(membership.digest());
    for (const { nodeId } of membership.peers()) await membership.forgetPeer(nodeId);
    expect(membership.digest()).toBe(seen[0]);
  });
});

describe('the roster', () => {
  it('keeps a removal, whatever the node does meanwhile', async () => {
    const node = newCard();
    const { node: id } = node.card;
    await ask(node);
    await membership.approve(id, { trusted: true });
    clock.advance(120_000);
    await Promise.all([
      ask(node),
      membership.noteSeen(id),
      membership.remove(id),
      membership.noteSeen(id),
      ask(node),
      membership.noteDelivery(id),
    ]);
    expect(membership.peer(id)?.status).toBe('removed');
    expect((await store.peer(id))?.status).toBe('removed');
  });

  it('lets no more strangers wait than it has room for, also when they come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 120 }, () => ask(newCard())));
    expect(answers.filter((answer) => answer === 'pending')).toHaveLength(120);
    expect(await store.peers()).toHaveLength(defaultPolicy.pendingMax);
    expect(membership.size).toBe(defaultPolicy.pendingMax);
  });

  it('believes the card with the newest key, whatever its version, and of one key that of the highest', async () => {
    const first = NodeKey.generate();
    const second = changeKey(first, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: false });
    const shown = () => membership.peer(first.nodeId)!;
    const cards = { one: newCard(first, 7), old: newCard(first, 6), next: newCard(second, 2) };
    await ask(cards.one);
    await ask(cards.old);
    expect(shown().card).toBe(cards.one.envelope);
    // Its version is that of a node whose store was lost.
    await ask(cards.next);
    expect(shown().card).toBe(cards.next.envelope);
    await ask(cards.one);
    expect(shown().card).toBe(cards.next.envelope);
  });

  it('keeps one row of a stranger who asks twice at once', async () => {
    const node = newCard();
    expect(await Promise.all([ask(node), ask(node)])).toEqual(['pending', 'pending']);
    expect(await store.peers()).toHaveLength(1);
  });

  it('lets one place of the network take ten of the places, and a person make room', async () => {
    const from = async (place: string) => {
      const { card, envelope } = newCard();
      return { id: card.node, answer: await membership.requestToJoin(card, envelope, 'member', place) };
    };
    const first = await from('192.0.2');
    for (let count = 1; count < 10; count++) expect((await from('192.0.2')).answer).toBe('pending');
    expect((await from('192.0.2')).answer).toBe('full');
    expect((await from('198.51.100')).answer).toBe('pending');
    await membership.approve(first.id, { trusted: true });
    expect((await from('192.0.2')).answer).toBe('pending');
  });

  it('keeps room for a newcomer when strangers from a few networks fill it, and go on', async () => {
    const from = (place: string, node = newCard()) =>
      membership.requestToJoin(node.card, node.envelope, 'member', place);
    for (let count = 0; count < 50; count++) expect(await from(`network ${count % 5}`)).toBe('pending');
    const newcomer = newCard();
    expect(await from('elsewhere', newcomer)).toBe('pending');
    for (let count = 0; count < 200; count++) {
      clock.advance(1000);
      await from(`network ${count % 20}`);
    }
    expect(membership.peer(newcomer.card.node)?.status).toBe('pending');
    expect(await store.peers()).toHaveLength(defaultPolicy.pendingMax);
  });

  it('lets whoever goes on asking wait on when strangers come from everywhere, also after a restart', async () => {
    const from = (place: string, node = newCard()) =>
      membership.requestToJoin(node.card, node.envelope, 'member', place);
    const newcomer = newCard();
    for (const start of [0, 100]) {
      await from('home', newcomer);
      for (let stranger = 0; stranger < 100; stranger++) {
        clock.advance(1000);
        if (stranger % 40 === 0) await from('home', newcomer);
        expect(await from(`network ${start + stranger}`)).toBe('pending');
      }
      expect(membership.peer(newcomer.card.node)?.status).toBe('pending');
      membership = await Membership.load(store, clock, defaultPolicy);
    }
  });

  it('keeps whom a person lets in while strangers push', async () => {
    const oldest = newCard();
    await ask(oldest);
    for (let count = 1; count < defaultPolicy.pendingMax; count++) await ask(newCard());
    await Promise.all([membership.approve(oldest.card.node, { trusted: true }), ask(newCard())]);
    expect(membership.peer(oldest.card.node)?.status).toBe('active');
  });

  it('quarantines a node that goes on under two keys, and takes neither', async () => {
    const first = NodeKey.generate();
    const change = (stolen: boolean) =>
      changeKey(first, NodeKey.generate(), { nowMs: clock.nowMs(), stolen });
    await ask(newCard(change(false)));
    await expect(ask(newCard(change(false)))).rejects.toMatchObject({ reason: 'forked-key-chain' });
    expect(membership.peer(first.nodeId)?.status).toBe('quarantined');
  });

  it('accuses nobody whose key was stolen of what the thief says', async () => {
    const first = NodeKey.generate();
    const change = () => changeKey(first, NodeKey.generate(), { nowMs: clock.nowMs(), stolen: true });
    await ask(newCard(change()));
    await expect(ask(newCard(change()))).rejects.toMatchObject({ reason: 'forked-key-chain' });
    expect(membership.peer(first.nodeId)?.status).toBe('pending');
  });

  it('takes ten thousand members from one hub below, and no more', async () => {
    membership = await Membership.load(new MemoryPeerStore(), clock, defaultPolicy);
    const { card, envelope } = newCard();
    const introduce = (index: number) =>
      membership.introduce('hub', { ...card, node: `n${index}`, keys: [] }, envelope, 'active');
    for (let index = 0; index < 10_000; index++) await introduce(index);
    await expect(introduce(10_000)).rejects.toMatchObject({ reason: 'too-many-members' });
    await membership.forgetPeer('n0');
    await introduce(10_000);
    expect(membership.introducedBy('hub').size).toBe(10_000);
  });
});
