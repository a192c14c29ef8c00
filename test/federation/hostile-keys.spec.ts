import { beforeEach, describe, expect, it } from '@jest/globals';
import { addDays, dayStartMs, isoSeconds } from '../../src/clock/day.js';
import type { KeyingsAnswer } from '../../src/federation/core/messages.js';
import { phaseOf } from '../../src/federation/core/phase.js';
import { chainName, keyCheckValue, nextEpochKey } from '../../src/identity/epoch-key.js';
import {
  entropyHash,
  entropyPurpose,
  type Keying,
  type KeyingFields,
  openKeying,
  signKeying,
} from '../../src/protocol/keying.js';
import { SealingKey, sealTo } from '../../src/protocol/sealing-key.js';
import type { TestNode } from './core-network.js';
import { chainOfNode, days, hubFederation, keysOf, rounds } from './keyed-federation.js';

let federation: Awaited<ReturnType<typeof hubFederation>>;
let hub: TestNode;
/** Whose turn to make entropy comes first, and the other of two members. */
let maker: TestNode;
let other: TestNode;
beforeEach(async () => {
  federation = await hubFederation('one');
  hub = federation.hub;
  const byTurn = [...federation.members].sort((a, b) => phaseOf(a.nodeId) - phaseOf(b.nodeId));
  [maker, other] = byTurn as [TestNode, TestNode];
});

const HUBS_OWN = new Uint8Array(32).fill(7);

/** What the hub shows one node, changed; everyone else sees what there is. */
function showing(to: TestNode, changed: (shown: KeyingsAnswer) => KeyingsAnswer): () => void {
  const { keyings } = hub.federation;
  const shownTo = keyings.shownTo.bind(keyings);
  keyings.shownTo = (node, options) =>
    node === to.nodeId ? changed(shownTo(node, options)) : shownTo(node, options);
  return () => {
    keyings.shownTo = shownTo;
  };
}

const shownByHub = () => hub.federation.keyings.shownTo('', { all: true });
const keyingsAtHub = () => shownByHub().keyings.map(openKeying);
const announced = (): Keying => keyingsAtHub().find(({ fresh }) => fresh !== null)!;
const visitAll = async () => {
  for (const member of federation.members) await member.visit('10.0.0.1');
};
/** Until entropy is announced and known everywhere. */
const announce = () => days(federation, addDays(federation.turn, -6), addDays(federation.turn, -4));
/** Until the first of them has announced entropy, and no longer: the other's turn has not come. */
async function announceFirst(): Promise<void> {
  for (let day = addDays(federation.turn, -10); !announced(); day = addDays(day, 1))
    await days(federation, day, day);
  expect(keyingsAtHub().filter(({ fresh }) => fresh !== null)).toMatchObject([
    { from: { node: maker.nodeId } },
  ]);
}
/** Over the day on which the key is made. */
const makeKey = () => days(federation, addDays(federation.turn, -1), addDays(federation.turn, 1), visitAll);
const alarmsOf = (node: TestNode) => node.federation.keyings.alarms().map(({ alarm }) => alarm);

describe('a hub that withholds fresh entropy from a member', () => {
  let restore: () => void;
  beforeEach(async () => {
    restore = showing(other, (shown) => ({ ...shown, seals: {} }));
    await announce();
    await makeKey();
  });

  it('leaves it with the key it has: it says so, guesses none, and still counts this epoch with the others', () => {
    const epoch = Math.max(...chainOfNode(maker).keys.keys());
    expect(chainOfNode(maker).links).toMatchObject([{ epoch, name: announced().fresh!.name }]);
    expect(chainOfNode(other).keys.has(epoch)).toBe(false);
    expect(other.federation.keyings.alarms()).toEqual([
      { alarm: 'entropy-missing', node: maker.nodeId, epoch },
    ]);
    const { chain, federation: id } = other.keys.current.current;
    const guess = nextEpochKey(chain.keys.get(epoch - 1)!, { federation: id, chain: chain.name, epoch });
    const held = [...chainOfNode(maker).keys.values()].map((key) => Buffer.from(key).toString('hex'));
    expect(held).toContain(Buffer.from(chain.keys.get(epoch - 1)!).toString('hex'));
    expect(held).not.toContain(Buffer.from(guess).toString('hex'));
    expect(hub.total().windows['1d'].uniques).toMatchObject({ estimate: 1, dedup: 'full' });
  });

  it('costs it its place in the union with the next epoch, and nobody an alert of a false key', async () => {
    const next = addDays(federation.turn, 30);
    await days(federation, addDays(next, -1), next, visitAll);
    expect(hub.total().windows['1d'].uniques).toMatchObject({ low: 1, high: 2 });
    const row = hub.total().instances.find(({ node }) => node === other.nodeId);
    expect(row?.windows['1d']).toMatchObject({ estimate: 1, marginal: null });
    expect(hub.federation.knownState().otherKeys).toEqual([]);
  });

  it('can’t keep it out for longer than it withholds: with the entropy it counts with the others again', async () => {
    const next = addDays(federation.turn, 30);
    await days(federation, addDays(next, -1), next, visitAll);
    restore();
    await days(federation, addDays(next, 1), addDays(next, 3), visitAll);
    expect(keysOf(other)).toEqual(keysOf(maker));
    expect(alarmsOf(other)).toEqual([]);
    expect(hub.total().windows['1d'].uniques).toMatchObject({ estimate: 1, dedup: 'full' });
  });
});

describe('a member whose entropy comes at the wrong time', () => {
  /** Entropy of its own, for the epoch that the first of them has announced, and changed. */
  const bring = async (changes: Partial<KeyingFields> = {}) => {
    const { from: _, id: _id, ...fields } = announced() as Keying & { id?: string };
    const fresh = { ...fields.fresh!, sha256: entropyHash(HUBS_OWN) };
    const own = { ...fields, card: other.federation.ownCard(), number: 9, fresh, ...changes };
    const keyings = [signKeying(own, other.key)];
    return hub.federation.keyings.receive({ keyings, seals: {} }, other.nodeId);
  };
  beforeEach(announceFirst);

  it('is refused from 72 h before the epoch in which the key is made, whatever time it names', async () => {
    const dueMs = dayStartMs(addDays(federation.turn, -3));
    federation.clock.set(dueMs - 1000);
    expect(await bring({ issuedAt: isoSeconds(dueMs - 1000) })).toEqual({});
    await expect(bring({ number: 10, issuedAt: isoSeconds(dueMs + 1000) })).rejects.toMatchObject({
      reason: 'keying-too-late',
    });
    // Its clock may be five minutes off.
    federation.clock.set(dueMs + 301_000);
    await expect(bring({ number: 10 })).rejects.toMatchObject({ reason: 'keying-too-late' });
    expect(keyingsAtHub().filter(({ number }) => number === 10)).toEqual([]);
  });

  it('is refused for an epoch that is not near, and for other days than it has', async () => {
    const { epoch, first, last } = announced();
    const offEpoch = { reason: 'keying-off-epoch' };
    for (const changes of [
      { epoch: epoch + 1, first: addDays(first, 30), last: addDays(last, 30) },
      { first: addDays(first, 1) },
      { last: addDays(last, 1) },
    ])
      await expect(bring(changes)).rejects.toMatchObject(offEpoch);
    expect(await bring()).toEqual({});
  });
});

describe('whoever shows older keyings than before', () => {
  it('takes no announced entropy back', async () => {
    await days(federation, addDays(federation.turn, -11), addDays(federation.turn, -11));
    const older = shownByHub();
    await announce();
    const [link] = chainOfNode(other).links;
    expect(link).toBeDefined();
    showing(other, () => older);
    showing(maker, () => older);
    await makeKey();
    expect(chainOfNode(other).keys.size).toBeGreaterThan(1);
    expect(keysOf(other)).toEqual(keysOf(maker));
    expect(chainOfNode(other).links.map(({ name }) => name)).toEqual([link!.name]);
    for (const member of federation.members) expect(alarmsOf(member)).toEqual([]);
  });

  it('brings nobody’s endorsement back that was withdrawn, at members and at the hub', async () => {
    federation = await hubFederation('one', 'two');
    hub = federation.hub;
    const { founder, clock, nodes, members } = federation;
    const [, one, third] = members as [TestNode, TestNode, TestNode];
    expect(one.federation.keyings.trusted().has(third.nodeId)).toBe(true);
    const older = shownByHub();
    await founder.federation.keys.withhold(third.nodeId);
    founder.federation.lookForKeyings();
    await rounds(nodes, clock, 3);
    expect(one.federation.keyings.trusted().has(third.nodeId)).toBe(false);
    const newest = shownByHub().keyings;
    expect(await hub.federation.keyings.receive({ keyings: older.keyings, seals: {} }, third.nodeId)).toEqual(
      {},
    );
    expect(shownByHub().keyings).toEqual(newest);
    showing(one, () => older);
    await rounds(nodes, clock, 3);
    expect(one.federation.keyings.trusted().has(third.nodeId)).toBe(false);
  });
});

describe('a hub that offers entropy of its own', () => {
  const fieldsOf = ({
    from: _from,
    id: _id,
    ...fields
  }: Keying & { id?: string }): Omit<KeyingFields, 'card'> => fields;
  const ofHub = (changes: Partial<KeyingFields>): string =>
    signKeying({ ...fieldsOf(announced()), card: hub.federation.ownCard(), number: 1, ...changes }, hub.key);
  const sealedFor = async (node: TestNode, keying: Keying): Promise<[string, string]> => {
    const { publicKey } = await SealingKey.of(node.key);
    const sealed = await sealTo(
      publicKey,
      entropyPurpose(keying, node.nodeId),
      HUBS_OWN,
      new Uint8Array(32).fill(9),
    );
    return [Buffer.from(sealed.enc).toString('base64'), Buffer.from(sealed.ciphertext).toString('base64')];
  };
  /** The key that would follow with the hub's own entropy. */
  const hubsKey = ({ keys }: TestNode, epoch: number) => {
    const { chain, federation: id } = keys.current.current;
    const place = { federation: id, chain: chain.name, epoch, entropy: HUBS_OWN };
    return nextEpochKey(chain.keys.get(epoch - 1)!, place);
  };
  const holds = (node: TestNode, key: Uint8Array) =>
    keysOf(node).some((text) => text.endsWith(Buffer.from(key).toString('hex')));

  let genuine: Keying;
  let forgedKey: Uint8Array;
  let forged: string;
  /** What the other member was shown before the maker announced anything. */
  let older: KeyingsAnswer;
  let ofHubs: KeyingsAnswer['seals'];
  beforeEach(async () => {
    older = shownByHub();
    const restore = showing(other, () => older);
    await announceFirst();
    restore();
    genuine = announced();
    forgedKey = hubsKey(maker, genuine.epoch);
    const [name, check] = [chainName(forgedKey), keyCheckValue(forgedKey)];
    forged = ofHub({ fresh: { sha256: entropyHash(HUBS_OWN), name, check } });
    const seal = await sealedFor(other, openKeying(forged));
    ofHubs = { [entropyHash(HUBS_OWN)]: { [other.nodeId]: seal } };
  });

  it('beside the member’s is not followed, although the hub’s endorsements and seals are in order', async () => {
    showing(other, (shown) => ({
      keyings: [forged, ...shown.keyings],
      seals: { ...shown.seals, ...ofHubs },
      counts: shown.counts,
    }));
    await makeKey();
    expect(other.federation.refused.size).toBe(0);
    expect(holds(other, forgedKey)).toBe(false);
    expect(keysOf(other)).toEqual(keysOf(maker));
    expect(alarmsOf(other)).toEqual([]);
  });

  it('in place of the member’s, which it keeps back, parts the members and gains nothing: they are never merged', async () => {
    showing(other, () => ({ ...older, keyings: [forged, ...older.keyings], seals: ofHubs }));
    showing(maker, () => older);
    await makeKey();
    expect(holds(other, forgedKey)).toBe(false);
    expect(holds(maker, forgedKey)).toBe(false);
    const next = addDays(federation.turn, 30);
    const names = [maker, other].map((node) => node.keys.keyOfWindow(next));
    expect(names[0]).not.toBe(names[1]);
    expect(names.join()).not.toContain(chainName(forgedKey));
    await days(federation, addDays(next, -1), next, visitAll);
    expect(hub.total().windows['1d'].uniques).toMatchObject({ low: 1, high: 2 });
    const isParted = ({ keys }: TestNode) => keys.keyOfWindow(next) !== hub.keys.keyOfWindow(next);
    const parted = [maker, other].filter(isParted).map(({ nodeId }) => nodeId);
    expect(parted).toHaveLength(1);
    expect(hub.federation.knownState().otherKeys).toEqual(parted);
  });

  it('under the member’s seal is found out: the key stays, and the status names it', async () => {
    const { sha256 } = genuine.fresh!;
    const seal = await sealedFor(other, genuine);
    showing(other, (shown) => ({ ...shown, seals: { [sha256]: { [other.nodeId]: seal } } }));
    await makeKey();
    expect(alarmsOf(other)).toContain('false-entropy');
    expect(chainOfNode(maker).keys.has(genuine.epoch)).toBe(true);
    expect(chainOfNode(other).keys.has(genuine.epoch)).toBe(false);
    expect(holds(other, forgedKey)).toBe(false);
  });

  it('or names another key as the one before is refused as `other-key`, and changes nothing', async () => {
    const before = ofHub({ before: 'f'.repeat(16) });
    showing(other, (shown) => ({ ...shown, keyings: [before, ...shown.keyings] }));
    await makeKey();
    expect(other.federation.refused.get('other-key')).toBeGreaterThan(0);
    expect(keysOf(other)).toEqual(keysOf(maker));
  });
});
