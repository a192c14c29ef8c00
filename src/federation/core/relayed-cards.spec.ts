import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ManualClock } from '../../clock/clock.js';
import { openCard, signCard } from '../../protocol/card.js';
import { signEnvelope } from '../../protocol/envelope.js';
import { changeKey } from '../../protocol/key-chain.js';
import { NodeKey } from '../../protocol/node-key.js';
import { MemoryPeerStore } from '../../storage/memory/memory-peer-store.js';
import { Membership } from './membership.js';
import { CARDS_PER_CALL_MAX } from './messages.js';
import { defaultPolicy } from './policy.js';
import { RelayedCards } from './relayed-cards.js';

const clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
const URL_NOW = 'https://now.example';

function cardOf(key: NodeKey, version = 1, url = URL_NOW): string {
  const software = { name: 'x', version: '1' };
  return signCard({ name: 'x', url, software, listed: false, counting: true, version }, key);
}

const next = (key: NodeKey, stolen = false) =>
  changeKey(key, NodeKey.generate(), { nowMs: clock.nowMs(), stolen });

const self = NodeKey.generate();
const first = NodeKey.generate();
const second = next(first);
const third = next(second);
const { nodeId } = first;

let store: MemoryPeerStore;
let membership: Membership;
let cards: RelayedCards;
let refused: string[];
beforeEach(begin);

async function begin(): Promise<void> {
  store = new MemoryPeerStore();
  membership = await Membership.load(store, clock, defaultPolicy);
  refused = [];
  cards = cardsOf(self);
  await letIn(cardOf(first));
}

function cardsOf(key: NodeKey): RelayedCards {
  return new RelayedCards({
    ...{ key, membership, ownCard: () => cardOf(key) },
    countRefusal: (reason) => refused.push(reason),
  });
}

async function letIn(envelope: string): Promise<void> {
  const card = openCard(envelope);
  await membership.requestToJoin(card, envelope, 'peer');
  await membership.approve(card.node, { trusted: true });
}

const kept = async () => JSON.stringify([await store.peers(), membership.peers(), membership.digest()]);

describe('a card that somebody else brings', () => {
  it('takes the place of the known one, and its keys are known', async () => {
    const digest = membership.digest();
    await cards.take([cardOf(second)]);
    expect(refused).toEqual([]);
    expect((await store.peer(nodeId))?.card).toBe(membership.peer(nodeId)?.card);
    expect(membership.keyOf(second.keyId)?.node).toBe(nodeId);
    expect(membership.digest()).not.toBe(digest);
  });

  it('is the newest of all that came, in whatever order, and changes nothing else of its node', async () => {
    const all = [first, second, third].flatMap((key) => [1, 2, 3].map((version) => cardOf(key, version)));
    const order = fc.array(fc.nat(all.length - 1), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), async (indices, atOnce) => {
        await begin();
        const before = membership.peer(nodeId)!;
        if (atOnce) await Promise.all(indices.map((index) => cards.take([all[index]!])));
        else await cards.take(indices.map((index) => all[index]!));
        const newest = all[Math.max(...indices)]!;
        const { card, opened: _, ...rest } = membership.peer(nodeId)!;
        expect(card).toBe(newest);
        expect(rest).toEqual(withoutCard(before));
        expect(refused).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused and leaves nothing when a character of it is another', async () => {
    const good = cardOf(second);
    const standing = await kept();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom(...'A/9"{x\u0000\uffff'),
        async (at, other) => {
          fc.pre(good[at] !== other);
          refused = [];
          await cards.take([`${good.slice(0, at)}${other}${good.slice(at + 1)}`]);
          expect(refused).toHaveLength(1);
          expect(await kept()).toBe(standing);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['whatever is no card', () => 'card', 'not-an-envelope'],
    ['another object', () => signEnvelope('report', {}, second), 'other-kind'],
    ['a stranger’s', () => cardOf(next(NodeKey.generate())), 'not-a-member'],
    ['the bringer’s word on its receiver', () => cardOf(next(self)), 'not-a-member'],
    ['one under a key that its node never had', () => forged(NodeKey.generate()), 'not-its-own-key'],
    ['one without a change that led to its key', () => forged(third, second.changes), 'bad-key-chain'],
    ['one that a former key signed', () => signEnvelope('card', fieldsOf(second), first), 'not-its-own-key'],
  ])('is refused and leaves nothing where it is %s', async (_, make, reason) => {
    const standing = await kept();
    await cards.take([make()]);
    expect(refused).toEqual([reason]);
    expect(await kept()).toBe(standing);
  });

  it('changes nothing where it is older: under a former key, or of a lower version', async () => {
    await cards.take([cardOf(second, 5)]);
    const standing = await kept();
    await cards.take([cardOf(first, 9), cardOf(second, 4), cardOf(second, 5, 'https://other.example')]);
    expect(refused).toEqual([]);
    expect(await kept()).toBe(standing);
  });

  it.each([
    ['pending', async () => membership.forgetPeer(nodeId).then(() => ask()), 'pending'],
    ['suspended', () => membership.suspend(nodeId), 'suspended'],
    ['quarantined', () => membership.quarantine(nodeId, '{}'), 'quarantined'],
    ['removed', () => membership.remove(nodeId), 'not-a-member'],
  ])('lets nobody in who is %s', async (_, change, reason) => {
    await change();
    const standing = await kept();
    await cards.take([cardOf(second)]);
    expect(refused).toEqual([reason]);
    expect(await kept()).toBe(standing);
  });

  it('puts its node into quarantine where it is of another chain, and the first one stays', async () => {
    await cards.take([cardOf(second)]);
    const { card } = membership.peer(nodeId)!;
    await cards.take([cardOf(next(next(first)))]);
    expect(refused).toEqual(['forked-key-chain']);
    expect(membership.peer(nodeId)).toMatchObject({ status: 'quarantined', card });
    await membership.approve(nodeId, { trusted: true });
    await cards.take([cardOf(next(next(first)))]);
    expect(membership.peer(nodeId)).toMatchObject({ status: 'active', card });
  });

  it('accuses nobody where a thief signed it with a key that its owner called stolen', async () => {
    await cards.take([cardOf(next(first, true))]);
    const standing = await kept();
    await cards.take([cardOf(next(first, true)), cardOf(next(next(first)))]);
    expect(refused).toEqual(['forked-key-chain', 'forked-key-chain']);
    expect(await kept()).toBe(standing);
  });

  it('moves a node that joined, and none whose address a person configured', async () => {
    const pinned = NodeKey.generate();
    const card = cardOf(pinned);
    await membership.pin(openCard(card), card, 'peer', 'first-contact', URL_NOW);
    await cards.take([second, next(pinned)].map((key) => cardOf(key, 1, 'https://new.example')));
    expect(membership.peer(nodeId)?.url).toBe('https://new.example');
    expect(membership.peer(pinned.nodeId)).toMatchObject({ url: URL_NOW, pin: 'first-contact' });
  });
});

describe('cards that go along with reports', () => {
  it('are those of nodes that have changed their key, its own among them, each once', async () => {
    const unchanged = NodeKey.generate();
    await letIn(cardOf(unchanged));
    await cards.take([cardOf(second)]);
    const origins = [nodeId, unchanged.nodeId, nodeId, self.nodeId, NodeKey.generate().nodeId];
    const brought = (of: RelayedCards) => of.broughtWith(origins.map((origin) => ({ origin })));
    expect(brought(cards)).toEqual([membership.peer(nodeId)?.card]);
    const changed = next(self);
    expect(brought(cardsOf(changed)).map((card) => openCard(card).node)).toEqual([nodeId, self.nodeId]);
  });

  it('are not more than one call may bring', async () => {
    const keys = Array.from({ length: CARDS_PER_CALL_MAX + 1 }, () => next(NodeKey.generate()));
    for (const key of keys) await membership.pin(openCard(cardOf(key)), cardOf(key), 'peer', 'join', URL_NOW);
    const reports = keys.map((key) => ({ origin: key.nodeId }));
    expect(cards.broughtWith(reports)).toHaveLength(CARDS_PER_CALL_MAX);
  });
});

function withoutCard({ card: _, opened: __, ...rest }: NonNullable<ReturnType<Membership['peer']>>) {
  return rest;
}

async function ask(): Promise<void> {
  await membership.requestToJoin(openCard(cardOf(first)), cardOf(first), 'peer');
}

function fieldsOf(key: NodeKey): Record<string, unknown> {
  const { payload } = JSON.parse(cardOf(key)) as { payload: string };
  return JSON.parse(Buffer.from(payload, 'base64').toString());
}

/** As if `key` were the node's newest: after these changes. */
function forged(key: NodeKey, keyChanges: readonly string[] = []): string {
  const { keyChanges: _, ...fields } = fieldsOf(key);
  return signEnvelope('card', { ...fields, node: nodeId, ...(keyChanges.length > 0 && { keyChanges }) }, key);
}
