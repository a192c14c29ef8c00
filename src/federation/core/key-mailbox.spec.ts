import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../clock/clock.js';
import { signCard } from '../../protocol/card.js';
import { signKeyRequest, signSealedLine } from '../../protocol/letter.js';
import { NodeKey } from '../../protocol/node-key.js';
import { MemorySettingsStore } from '../../storage/memory/memory-settings-store.js';
import type { PeerStatus } from '../../storage/peer-store.js';
import { KeyMailbox } from './key-mailbox.js';

const DAY_MS = 86_400_000;
const issuedAt = '2026-11-22T12:00:00Z';
const self = NodeKey.generate().nodeId;
const inviter = NodeKey.generate().nodeId;

let clock: ManualClock;
let standings: Map<string, PeerStatus>;
let settings: MemorySettingsStore;
let mailbox: KeyMailbox;
beforeEach(() => {
  clock = new ManualClock(Date.parse(issuedAt));
  standings = new Map();
  const statusOf = (node: string) => standings.get(node) ?? null;
  const takes = (node: string) => statusOf(node) === 'active';
  settings = new MemorySettingsStore();
  mailbox = new KeyMailbox({ self, settings, clock, membership: { statusOf, takes } });
});

function newNode(status: PeerStatus): NodeKey {
  const key = NodeKey.generate();
  standings.set(key.nodeId, status);
  return key;
}

function cardOf(key: NodeKey): string {
  const software = { name: 'x', version: '1' };
  return signCard({ name: null, url: null, software, listed: true, counting: true, version: 1 }, key);
}

async function ask(key: NodeKey, to = 'any'): Promise<string> {
  const letter = signKeyRequest({ to, proof: null, card: cardOf(key), issuedAt }, key);
  await mailbox.put(key.nodeId, to, letter);
  return letter;
}

async function giveKey(key: NodeKey, to: string): Promise<string> {
  const sealed = { enc: new Uint8Array(32), ciphertext: new Uint8Array(64) };
  const letter = signSealedLine({ to, federation: 'f', sealed, card: cardOf(key), issuedAt }, key);
  await mailbox.put(key.nodeId, to, letter);
  return letter;
}

const toInviter = () => mailbox.lettersTo(inviter, { any: true });

describe('the key mailbox', () => {
  it('keeps the newest request of each sender, whoever it is to', async () => {
    const member = newNode('active');
    await ask(member);
    const second = await ask(member, inviter);
    expect(await toInviter()).toEqual([second]);
  });

  it('keeps requests for a day and sealed lines for two weeks', async () => {
    const member = newNode('active');
    await ask(member, inviter);
    const sealed = await giveKey(member, inviter);
    clock.advance(DAY_MS);
    expect(await toInviter()).toHaveLength(2);
    clock.advance(1);
    expect(await toInviter()).toEqual([sealed]);
    clock.advance(13 * DAY_MS);
    expect(await toInviter()).toEqual([]);
  });

  it('takes 32 letters of members to one node, and is full for no other', async () => {
    const members = Array.from({ length: 33 }, () => newNode('active'));
    for (const member of members.slice(1)) await ask(member, inviter);
    await expect(ask(members[0]!, inviter)).rejects.toMatchObject({ reason: 'mailbox-full' });
    await ask(members[1]!, inviter);
    await ask(members[0]!);
    expect(await toInviter()).toHaveLength(33);
  });

  it('takes a thousand letters of members', async () => {
    const founder = newNode('active');
    const recipients = Array.from({ length: 1001 }, (_, index) => `${index}`.padEnd(43, 'x'));
    const waiting = { from: founder.nodeId, kind: 'sealed', text: '', atMs: clock.nowMs() };
    const boxes = recipients.slice(0, 999).map((to) => [to, [waiting]]);
    await settings.put('key-mailbox', Object.fromEntries(boxes));
    await giveKey(founder, recipients[999]!);
    await expect(giveKey(founder, recipients[1000]!)).rejects.toMatchObject({ reason: 'mailbox-full' });
    await giveKey(founder, recipients[0]!);
    const stranger = await ask(newNode('pending'), inviter);
    expect(await toInviter()).toEqual([stranger]);
  });

  it('lets the oldest letter of strangers give way to the newest, and none of a member', async () => {
    const ofMember = await ask(newNode('active'), inviter);
    const ofStrangers: string[] = [];
    for (let count = 0; count < 70; count++) {
      clock.advance(1000);
      ofStrangers.push(await ask(newNode('pending'), count % 2 ? 'any' : inviter));
    }
    const letters = await toInviter();
    expect(letters[0]).toBe(ofMember);
    expect(new Set(letters)).toEqual(new Set([ofMember, ...ofStrangers.slice(-64)]));
    for (let member = 0; member < 31; member++) await ask(newNode('active'), inviter);
    for (let member = 0; member < 32; member++) await ask(newNode('active'));
    expect(await toInviter()).toHaveLength(128);
  });

  it.each([
    ['removed', 'removed'],
    ['forgotten', null],
  ] as const)('keeps nothing of a sender that is %s', async (_what, status) => {
    const senders = Array.from({ length: 32 }, () => newNode('active'));
    for (const sender of senders) await ask(sender);
    const late = newNode('active');
    await expect(ask(late)).rejects.toMatchObject({ reason: 'mailbox-full' });
    const { nodeId } = senders[0]!;
    if (status) standings.set(nodeId, status);
    else standings.delete(nodeId);
    expect(await toInviter()).toHaveLength(31);
    await ask(late);
    expect(await toInviter()).toHaveLength(32);
  });

  it('keeps what its own node has left', async () => {
    const key = NodeKey.generate();
    const membership = { statusOf: () => null, takes: () => false };
    mailbox = new KeyMailbox({ self: key.nodeId, settings, clock, membership });
    const letter = await giveKey(key, inviter);
    expect(await toInviter()).toEqual([letter]);
  });
});
