import { beforeEach, describe, expect, it } from '@jest/globals';
import { addDays, DAY_MS, isoSeconds } from '../../src/clock/day.js';
import { signCard } from '../../src/protocol/card.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { type RosterMember, signRoster } from '../../src/protocol/signed-roster.js';
import type { TestNode } from './core-network.js';
import { chainOfNode, days, hubFederation, rounds } from './keyed-federation.js';

let federation: Awaited<ReturnType<typeof hubFederation>>;
let hub: TestNode;
let founder: TestNode;
let one: TestNode;

beforeEach(async () => {
  federation = await hubFederation('one');
  [founder, one] = federation.members as [TestNode, TestNode];
  hub = federation.hub;
  await rounds(federation.nodes, federation.clock);
});

const rosterAt = (node: TestNode) => node.federation.statutes.rosters.roster;
const step = (count = 2) => rounds(federation.nodes, federation.clock, count);
const ofHub = (changes: { number?: number; members?: RosterMember[]; at?: number } = {}) => {
  const nowMs = changes.at ?? federation.clock.nowMs();
  const { federation: id, charter, number, members } = rosterAt(hub)!;
  const dates = { issuedAt: isoSeconds(nowMs), expiresAt: isoSeconds(nowMs + 30 * DAY_MS) };
  return signRoster(
    { federation: id, charter, number, members, ...dates, ...changes },
    hub.key,
    hub.federation.ownCard(),
  );
};
const serve = (...rosters: string[]) => {
  hub.federation.statutes.shownRosters = () => ({ rosters });
};
const cardOf = (key: NodeKey) =>
  signCard(
    { name: 'x', url: null, software: { name: 'x', version: '1' }, listed: true, counting: true, version: 1 },
    key,
  );

describe('charter and roster of a hub', () => {
  it('are there without anybody having asked for them, and members take them', () => {
    const { charter } = one.federation.statutes.charters;
    expect(charter?.fields).toMatchObject({
      stewards: [hub.nodeId],
      threshold: 1,
      number: 1,
      name: 'Add-on',
    });
    expect(rosterAt(one)?.members.map(([node, , , , status]) => [node, status])).toEqual(
      [founder.nodeId, one.nodeId].sort().map((node) => [node, 'active']),
    );
    expect(one.federation.statutes.alarms()).toEqual([]);
  });

  it('follow a removal at once, and grow by one number', async () => {
    const { number } = rosterAt(hub)!;
    await hub.federation.remove(one.nodeId);
    expect(rosterAt(hub)).toMatchObject({ number: number + 1 });
    await step();
    expect(founder.federation.statutes.isOut(one.nodeId)).toBe(true);
  });

  it('pass to other stewards when as many of the old ones sign, and then a roster needs one of those', async () => {
    const stewards = [founder.nodeId, one.nodeId];
    await hub.federation.statutes.propose({ stewards, threshold: 2 });
    await step();
    expect(founder.federation.statutes.charters.charter?.fields).toMatchObject({ number: 2, stewards });
    await founder.federation.statutes.propose({ stewards: [founder.nodeId], threshold: 1 });
    await federation.founder.federation.lookForKeyings();
    await step();
    expect(hub.federation.statutes.charters.charter?.fields.number).toBe(2);
    expect(one.federation.statutes.charters.proposed?.signers).toEqual([founder.nodeId]);
    await one.federation.statutes.sign();
    one.federation.lookForKeyings();
    await step();
    for (const node of federation.nodes)
      expect(node.federation.statutes.charters.charter?.fields.number).toBe(3);
    await expect(hub.federation.statutes.takeRoster(ofHub({ number: 99 }))).rejects.toMatchObject({
      reason: 'charter-mismatch',
    });
    const { number } = rosterAt(hub)!;
    await founder.federation.statutes.signRoster();
    founder.federation.lookForKeyings();
    await step();
    expect(rosterAt(hub)).toMatchObject({ number: number + 1, signer: founder.nodeId });
    expect(rosterAt(one)).toMatchObject({ number: number + 1, signer: founder.nodeId });
    federation.clock.advance(31 * DAY_MS);
    expect(hub.federation.statutes.alarms()).toContain('roster-expired');
    expect(() => hub.federation.statutes.refuseJoins()).toThrow(
      expect.objectContaining({ reason: 'roster-expired' }),
    );
  });
});

describe('a malicious hub', () => {
  it('that replays an old roster is refused by members, who say so', async () => {
    const old = rosterAt(hub)!.text;
    await hub.federation.remove(one.nodeId);
    await step();
    serve(old);
    await step();
    expect(founder.federation.statutes.isOut(one.nodeId)).toBe(true);
    expect(founder.federation.statutes.alarms()).toContain('roster-too-old');
  });

  it('that signs two rosters of one number has none that applies', async () => {
    const first = rosterAt(hub)!.text;
    serve(first, ofHub({ members: [] }));
    await step();
    expect(rosterAt(founder)).toBeNull();
    expect(founder.federation.statutes.alarms()).toContain('roster-conflict');
  });

  it('that is no steward can forge no roster', async () => {
    const stranger = NodeKey.generate();
    const { text: _, id: __, signer: ___, ...fields } = rosterAt(hub)!;
    const forged = signRoster({ ...fields, number: 50, members: [] }, stranger, cardOf(stranger));
    await expect(founder.federation.statutes.takeRoster(forged)).rejects.toMatchObject({
      reason: 'not-a-steward',
    });
    serve(forged);
    await step();
    expect(rosterAt(founder)!.number).toBeLessThan(50);
  });

  it('that invents a member holds up fresh entropy until a person decides, and gets no key', async () => {
    const { turn, clock, nodes } = federation;
    const invented = NodeKey.generate();
    await days(federation, addDays(turn, -11), addDays(turn, -11));
    const { members } = rosterAt(hub)!;
    const entry: RosterMember = [invented.nodeId, null, 'member', true, 'active', '2026-11-01'];
    const forged = ofHub({ number: 60, members: [...members, entry].sort(([a], [b]) => (a < b ? -1 : 1)) });
    serve(forged);
    hub.federation.statutes.tend = async () => undefined;
    await days(federation, addDays(turn, -5), addDays(turn, -4));
    expect(chainOfNode(founder).links).toEqual([]);
    expect(founder.federation.keyings.alarms()).toContainEqual({
      alarm: 'not-endorsed',
      node: invented.nodeId,
      epoch: null,
    });
    await founder.federation.keys.withhold(invented.nodeId);
    await rounds(nodes, clock);
    expect(chainOfNode(founder).links).toHaveLength(1);
    const { seals } = hub.federation.keyings.shownTo('', { all: true });
    expect(Object.values(seals).map((byNode) => Object.keys(byNode))).toEqual([[one.nodeId]]);
  });
});
