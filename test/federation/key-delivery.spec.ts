import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/clock/clock.js';
import { formatFederationLine } from '../../src/identity/federation-line.js';
import { openCard, signCard } from '../../src/protocol/card.js';
import { fingerprintWords } from '../../src/protocol/fingerprint.js';
import { type Invite, inviteProof, parseInvite } from '../../src/protocol/invite.js';
import { sealPurpose, signKeyRequest, signSealedLine } from '../../src/protocol/letter.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { SealingKey, sealTo } from '../../src/protocol/sealing-key.js';
import { addressOf, MemoryNetwork, TestNode } from './core-network.js';
import { sketchReaders } from './sketch-readers.js';

let clock: ManualClock;
let network: MemoryNetwork;
let hub: TestNode;
let member: TestNode;
let newcomer: TestNode;

const start = (name: string) =>
  TestNode.start(network, clock, { name, role: 'member', hub: addressOf('hub') });

beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T12:00:00Z'));
  network = new MemoryNetwork();
  hub = await TestNode.start(network, clock, { name: 'hub', role: 'hub', counting: false });
  member = await start('member');
  await member.keys.found('Add-on', false);
  await hub.join(member.keys.line(false));
  await member.round();
  await hub.federation.approve(member.nodeId, { trusted: true });
  newcomer = await start('newcomer');
});

async function rounds(count = 1): Promise<void> {
  for (let round = 0; round < count; round++) {
    clock.advance(11 * 60_000);
    for (const node of [newcomer, member, hub]) await node.round();
  }
}

const federationOf = (node: TestNode) => node.keys.current.current.federation;
const invited = async (): Promise<Invite> => {
  const line = await member.federation.keys.invite({
    mode: 'hub',
    url: addressOf('hub').url,
    node: hub.nodeId,
  });
  return parseInvite(line!);
};
const issuedAt = '2026-11-22T12:00:00Z';
const cardOf = async (key: NodeKey, name: string) => {
  const sealKey = Buffer.from((await SealingKey.of(key)).publicKey).toString('base64url');
  const fields = { name, url: null, software: { name: 'x', version: '1' }, listed: true, counting: true };
  return signCard({ ...fields, version: 1, sealKey }, key);
};
const secretOf = (node: TestNode) => [...node.keys.current.current.chain.keys.values()];

describe('the key of a federation', () => {
  it('reaches whoever was invited, through a hub that cannot read it, once a person has compared the words', async () => {
    await newcomer.federation.keys.hold(await invited());
    await rounds(2);
    expect(member.federation.keys.requests()).toEqual([
      {
        node: newcomer.nodeId,
        name: 'newcomer',
        words: newcomer.federation.keys.ownWords,
        invited: true,
        askedAt: expect.any(String),
        endorsed: false,
      },
    ]);
    expect(fingerprintWords(newcomer.nodeId)).toBe(newcomer.federation.keys.ownWords);
    expect(federationOf(newcomer)).not.toBe(federationOf(member));
    expect(await member.federation.keys.endorse(newcomer.nodeId)).toBe(true);
    expect(member.federation.keys.requests()).toMatchObject([{ endorsed: true }]);
    await hub.federation.approve(newcomer.nodeId, { trusted: true });
    await rounds();
    expect(federationOf(newcomer)).toBe(federationOf(member));
    expect(secretOf(newcomer)).toEqual(secretOf(member));
    expect(newcomer.federation.keys.held).toBeNull();
    await newcomer.visit('10.0.0.1');
    await member.visit('10.0.0.1', '10.0.0.2');
    await rounds(2);
    expect(hub.total().windows['1d']).toMatchObject({ sum: 3, uniques: { estimate: 2 } });
    clock.advance(2 * 3_600_000);
    expect(member.federation.keys.requests()).toEqual([]);
  });

  it('is in nothing that the hub keeps, was sent or says', async () => {
    await newcomer.federation.keys.hold(await invited());
    await rounds(2);
    await member.federation.keys.endorse(newcomer.nodeId);
    await rounds(2);
    expect(federationOf(newcomer)).toBe(federationOf(member));
    const seen = [
      ...network.requests.map(({ body }) => Buffer.from(body ?? '').toString('latin1')),
      JSON.stringify([await hub.records.settings.get('key-mailbox'), hub.keyring.text]),
    ].join('\n');
    const line = Buffer.from(formatFederationLine(member.keys.line(true)));
    for (const secret of [...secretOf(member).map((key) => Buffer.from(key)), line])
      for (const encoding of ['latin1', 'hex', 'base64', 'base64url'] as const)
        expect(seen.includes(secret.toString(encoding).replace(/=+$/, ''))).toBe(false);
    expect(seen).toContain(newcomer.nodeId);
  });

  it('may be asked for without an invite: then both persons compare words', async () => {
    await rounds(2);
    expect(member.federation.keys.requests()).toMatchObject([{ node: newcomer.nodeId, invited: false }]);
    await member.federation.keys.endorse(newcomer.nodeId);
    await rounds(2);
    expect(newcomer.keys.current.current.name).toBe('');
    expect(newcomer.federation.keys.offered()).toEqual([
      {
        node: member.nodeId,
        name: 'member',
        words: member.federation.keys.ownWords,
        federation: federationOf(member),
      },
    ]);
    expect(await newcomer.federation.keys.accept(hub.nodeId)).toBe(false);
    expect(await newcomer.federation.keys.accept(member.nodeId)).toBe(true);
    expect(federationOf(newcomer)).toBe(federationOf(member));
  });

  it('is given to nobody who did not ask, and by nobody who has none', async () => {
    expect(await member.federation.keys.endorse(newcomer.nodeId)).toBe(false);
    await rounds(2);
    expect(hub.federation.keys.requests()).toEqual([]);
    expect(await hub.federation.keys.endorse(newcomer.nodeId)).toBe(false);
    expect(
      await hub.federation.keys.invite({ mode: 'hub', url: 'https://x.example', node: hub.nodeId }),
    ).toBeNull();
    expect(
      await newcomer.federation.keys.invite({ mode: 'hub', url: 'https://x.example', node: hub.nodeId }),
    ).toBeNull();
  });

  it('comes with the next day where something was counted today', async () => {
    await newcomer.federation.keys.hold(await invited());
    await rounds(2);
    await member.federation.keys.endorse(newcomer.nodeId);
    const { join } = newcomer.keys;
    newcomer.keys.join = (line) => join.call(newcomer.keys, line, true);
    await rounds(2);
    expect(newcomer.keys.current.next?.federation).toBe(federationOf(member));
    const asked = network.requests.filter(
      ({ method, url }) => method === 'PUT' && url.includes('/keys/'),
    ).length;
    await rounds(2);
    expect(
      network.requests.filter(({ method, url }) => method === 'PUT' && url.includes('/keys/')),
    ).toHaveLength(asked);
  });
});

describe('a malicious hub', () => {
  let forged: Map<string, string[]>;
  beforeEach(async () => {
    forged = new Map();
    const { answers } = hub.federation;
    const honest = answers.letters.bind(answers);
    answers.letters = async (caller, to) => {
      const { letters } = await honest(caller, to);
      return { letters: [...letters, ...(forged.get(to) ?? [])] };
    };
    await member.visit('10.0.0.1', '10.0.0.2');
    await member.round();
  });
  afterEach(async () => {
    const readers = await sketchReaders(network, [...network.nodes.values()], clock.nowMs());
    expect(readers).toEqual(['hub of member']);
  });

  /** What a hub can put into a member's letters: anything. */
  const putAt = (recipient: string, text: string) =>
    forged.set(recipient, [...(forged.get(recipient) ?? []), text]);
  it('that invents a member gets no key: it holds no invite, and its words are its own', async () => {
    await invited();
    const invented = NodeKey.generate();
    const card = await cardOf(invented, 'newcomer');
    const request = { to: member.nodeId, proof: 'a'.repeat(64), card, issuedAt };
    putAt(member.nodeId, signKeyRequest(request, invented));
    await rounds(2);
    const asker = member.federation.keys.requests().find(({ node }) => node === invented.nodeId);
    expect(asker).toMatchObject({ name: 'newcomer', invited: false });
    expect(asker?.words).not.toBe(newcomer.federation.keys.ownWords);
    const letters = JSON.stringify(await hub.records.settings.get('key-mailbox'));
    expect(letters).not.toContain('"kind":"sealed"');
  });

  it('that puts another sealing key under a request is not believed', async () => {
    await newcomer.federation.keys.hold(await invited());
    await newcomer.round();
    const hubsKey = NodeKey.generate();
    const text = signKeyRequest(
      { to: member.nodeId, proof: null, card: await cardOf(hubsKey, 'newcomer'), issuedAt },
      hubsKey,
    );
    putAt(member.nodeId, text.replaceAll(hubsKey.nodeId, newcomer.nodeId));
    await rounds();
    expect(member.federation.keys.requests()).toMatchObject([{ node: newcomer.nodeId, invited: true }]);
    await member.federation.keys.endorse(newcomer.nodeId);
    await rounds(2);
    expect(federationOf(newcomer)).toBe(federationOf(member));
  });

  it('that offers a key of its own is refused by whoever was invited by a member', async () => {
    await newcomer.federation.keys.hold(await invited());
    const other = await start('other');
    await other.keys.found('Trap', false);
    const line = formatFederationLine(other.keys.line(true));
    const federation = federationOf(member);
    const recipient = Buffer.from((await SealingKey.of(newcomer.key)).publicKey);
    const about = { federation, from: hub.nodeId, to: newcomer.nodeId };
    const sealed = await sealTo(recipient, sealPurpose(about), Buffer.from(line), new Uint8Array(32).fill(5));
    const card = hub.federation.ownCard();
    putAt(
      newcomer.nodeId,
      signSealedLine({ to: newcomer.nodeId, federation, sealed, card, issuedAt }, hub.key),
    );
    await rounds(2);
    expect(newcomer.keys.current.current.name).toBe('');
    expect(newcomer.federation.keys.offered()).toMatchObject([{ node: hub.nodeId }]);
    expect(newcomer.federation.exchanges[0]?.state).toBe('waiting for approval');
  });

  it('cannot fill a member with letters, nor stop it with broken ones', async () => {
    for (let count = 0; count < 130; count++) {
      const key = NodeKey.generate();
      const card = await cardOf(key, `n${count}`);
      putAt(member.nodeId, signKeyRequest({ to: 'any', proof: null, card, issuedAt }, key));
    }
    await rounds(2);
    expect(member.federation.exchanges[0]?.lastError).toMatch(/does not know/);
    forged.set(member.nodeId, ['{', 'null', '{"payload":1}']);
    await rounds(2);
    expect(member.federation.exchanges[0]).toMatchObject({ state: 'in step', lastError: null });
  });
});

describe('the mailbox of a hub', () => {
  it('keeps one letter of a kind from each to each, so many in all, and for two weeks', async () => {
    await rounds(3);
    const kept = async () => (await hub.records.settings.get('key-mailbox')) as Record<string, unknown[]>;
    expect((await kept()).any).toHaveLength(1);
    clock.advance(15 * 86_400_000);
    newcomer.federation.exchanges[0]!.run = async () => undefined;
    await rounds(1);
    const { answers } = hub.federation;
    expect(await answers.letters(member.nodeId, member.nodeId)).toEqual({ letters: [] });
  });

  it('takes letters from their sender only, and shows them to their recipient only', async () => {
    await newcomer.round();
    const { answers } = hub.federation;
    const card = newcomer.federation.ownCard();
    const request = signKeyRequest(
      { to: 'any', proof: null, card, issuedAt: '2026-11-22T12:00:00Z' },
      newcomer.key,
    );
    const body = Buffer.from(JSON.stringify({ letter: request }));
    await expect(answers.putLetter(member.nodeId, 'any', body)).rejects.toMatchObject({
      reason: 'not-its-own-key',
    });
    await expect(answers.putLetter(newcomer.nodeId, member.nodeId, body)).rejects.toMatchObject({
      reason: 'not-its-own-key',
    });
    await expect(answers.putLetter(newcomer.nodeId, 'A'.repeat(43), body)).rejects.toMatchObject({
      reason: 'unknown-key',
    });
    await expect(answers.letters(newcomer.nodeId, member.nodeId)).rejects.toMatchObject({
      reason: 'not-its-own-key',
    });
    expect(await answers.letters(newcomer.nodeId, newcomer.nodeId)).toEqual({ letters: [] });
    expect((await answers.letters(member.nodeId, member.nodeId)).letters).toHaveLength(1);
  });

  it('takes nothing of whoever a person has taken out', async () => {
    await newcomer.round();
    await hub.federation.suspend(newcomer.nodeId);
    const { key } = newcomer;
    const fields = { to: 'any', proof: null, card: newcomer.federation.ownCard(), issuedAt };
    const body = Buffer.from(JSON.stringify({ letter: signKeyRequest(fields, key) }));
    const put = hub.federation.answers.putLetter(newcomer.nodeId, 'any', body);
    await expect(put).rejects.toMatchObject({ reason: 'suspended' });
  });

  /** Strangers that wait to be let in, and ask for the key. */
  const strangersAsk = async (count: number, recipients: string[]) => {
    const strangers = Array.from({ length: count }, () => NodeKey.generate());
    for (const stranger of strangers) {
      const card = await cardOf(stranger, 'stranger');
      await hub.federation.requestToJoin(openCard(card), card);
      for (const to of recipients) {
        const letter = signKeyRequest({ to, proof: null, card, issuedAt }, stranger);
        const body = Buffer.from(JSON.stringify({ letter }));
        await hub.federation.answers.putLetter(stranger.nodeId, to, body);
      }
    }
    return strangers.map(({ nodeId }) => nodeId);
  };

  it('brings an invited newcomer the key, however many strangers ask', async () => {
    await newcomer.federation.keys.hold(await invited());
    await newcomer.round();
    await strangersAsk(49, ['any', newcomer.nodeId, member.nodeId]);
    await rounds();
    expect(newcomer.federation.exchanges[0]).toMatchObject({
      state: 'waiting for approval',
      lastError: null,
    });
    expect(member.federation.keys.requests()[0]).toMatchObject({ node: newcomer.nodeId, invited: true });
    await member.federation.keys.endorse(newcomer.nodeId);
    await hub.federation.approve(newcomer.nodeId, { trusted: true });
    await rounds(2);
    expect(federationOf(newcomer)).toBe(federationOf(member));
  });

  it('stops no exchange when it is full of others, and is tried again', async () => {
    await newcomer.round();
    const others = await strangersAsk(32, ['any']);
    for (const node of [newcomer.nodeId, ...others]) await hub.federation.approve(node, { trusted: true });
    const [exchange] = newcomer.federation.exchanges;
    await rounds();
    expect(exchange).toMatchObject({ state: 'in step', lastError: 'the peer refused: mailbox-full' });
    for (const node of others) await hub.federation.remove(node);
    await newcomer.round();
    expect(exchange).toMatchObject({ state: 'in step', lastError: expect.not.stringContaining('mailbox') });
    expect(await hub.federation.answers.letters(member.nodeId, member.nodeId)).toEqual({
      letters: [expect.stringContaining('keyrequest')],
    });
  });

  it('without the inviter of a newcomer stops no exchange either', async () => {
    await newcomer.federation.keys.hold({ ...(await invited()), inviter: 'A'.repeat(43) });
    await newcomer.round();
    expect(newcomer.federation.exchanges[0]).toMatchObject({
      state: 'waiting for approval',
      lastError: 'the peer refused: unknown-key',
    });
  });
});

describe('a member that is asked for the key', () => {
  it('remembers a hundred who ask, and rather those it has invited', async () => {
    const { secret } = await invited();
    const asks = async (key: NodeKey, proof: string | null) => {
      const request = { to: 'any', proof, card: await cardOf(key, 'asker'), issuedAt };
      return signKeyRequest(request, key);
    };
    const letters: string[] = [];
    const box = { url: 'x', put: async () => undefined, fetch: async () => letters };
    const guest = NodeKey.generate();
    letters.push(await asks(guest, inviteProof(secret, guest.nodeId)));
    for (let count = 0; count < 120; count++) letters.push(await asks(NodeKey.generate(), null));
    await member.federation.keys.visit(box);
    const latest = NodeKey.generate();
    letters.splice(0, letters.length, await asks(latest, null));
    await member.federation.keys.visit(box);
    const asking = member.federation.keys.requests();
    expect(asking).toHaveLength(100);
    expect(asking[0]).toMatchObject({ node: guest.nodeId, invited: true });
    expect(asking.map(({ node }) => node)).toContain(latest.nodeId);
  });
});
