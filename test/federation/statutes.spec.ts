import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addDays, DAY_MS, dayOf, isoSeconds } from '../../src/clock/day.js';
import { FEDERATION_TYPE } from '../../src/federation/core/peer-calls.js';
import { signCard } from '../../src/protocol/card.js';
import { signRequest } from '../../src/protocol/http-signature.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { type RosterMember, signRoster } from '../../src/protocol/signed-roster.js';
import { addressOf, TestNode } from './core-network.js';
import { chainOfNode, days, hubFederation, rounds } from './keyed-federation.js';
import { sketchReaders } from './sketch-readers.js';

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

describe('the least visitors of a sketch', () => {
  const people = (count: number) => Array.from({ length: count }, (_, person) => `10.0.0.${person}`);
  const sketchesAtHub = async ({ nodeId }: TestNode) => {
    const { day } = (await hub.federation.board.snapshot())!.signed.total;
    const slot = await hub.records.ledger.slot(nodeId, day);
    return Object.keys(slot?.accepted.report.sketches ?? {}).length;
  };
  const propose = (sketchMinimum?: number) =>
    hub.federation.statutes.propose({ stewards: [hub.nodeId], threshold: 1, sketchMinimum });

  it('is the charter’s for every member, and a later charter that says nothing of it keeps it', async () => {
    await founder.visit(...people(3));
    await step();
    expect(await sketchesAtHub(founder)).toBe(1);
    await propose(5);
    await propose();
    expect(hub.federation.statutes.charters.charter?.fields).toMatchObject({ number: 3, sketchMinimum: 5 });
    await step();
    for (const node of [founder, one]) await node.visit(...people(4));
    await step();
    expect([await sketchesAtHub(founder), await sketchesAtHub(one)]).toEqual([0, 0]);
    expect(hub.total().windows['1d'].uniques).toMatchObject({ estimate: null, high: 8 });
    await one.visit(...people(5));
    await step();
    expect([await sketchesAtHub(founder), await sketchesAtHub(one)]).toEqual([0, 1]);
    expect(one.federation.statutes.alarms()).toEqual([]);
  });

  it('lowers nobody’s own', async () => {
    const { network, clock } = federation;
    const options = { name: 'careful', role: 'member', hub: addressOf('hub'), sketchMinimum: 10 } as const;
    const careful = await TestNode.start(network, clock, options);
    await careful.join(founder.keys.line(true));
    await careful.round();
    await hub.federation.approve(careful.nodeId, { trusted: true });
    await propose(5);
    await careful.visit(...people(9));
    await rounds([careful, hub], clock);
    expect(await sketchesAtHub(careful)).toBe(0);
    await careful.visit(...people(10));
    await rounds([careful, hub], clock);
    expect(await sketchesAtHub(careful)).toBe(1);
  });

  it('is known to a newcomer before it gives its first sketch, of days of before too', async () => {
    const { network, clock } = federation;
    await propose(5);
    const options = { name: 'newcomer', role: 'member', hub: addressOf('hub') } as const;
    const newcomer = await TestNode.start(network, clock, options);
    await newcomer.join(founder.keys.line(true));
    await newcomer.visit(...people(4));
    await newcomer.round();
    clock.advance(4 * DAY_MS);
    await newcomer.visit(...people(6));
    await newcomer.round();
    const newest = async () => (await newcomer.federation.own.newest()).map(({ report }) => report);
    expect((await newest()).map(({ sketches }) => Object.keys(sketches).length)).toEqual([2, 1]);
    await hub.federation.approve(newcomer.nodeId, { trusted: true });
    network.requests.length = 0;
    await rounds([newcomer, hub], clock, 1);
    expect((await newest()).map(({ sketches }) => Object.keys(sketches).length)).toEqual([0, 1]);
    const pushed = network.requests
      .filter(({ url }) => url.endsWith('/federation/v1/reports'))
      .map(({ body }) => JSON.parse(Buffer.from(body!).toString()) as { sketches: object });
    expect(pushed.map(({ sketches }) => Object.keys(sketches).length)).toEqual([1]);
    expect(await sketchesAtHub(newcomer)).toBe(1);
  });
});

describe('a malicious hub', () => {
  const today = () => dayOf(federation.clock.nowMs());
  const reportOf = async (node: TestNode) => (await hub.records.ledger.slot(node.nodeId, today()))!.accepted;
  const originsAt = async (node: TestNode) =>
    (await node.records.ledger.slots('2026-01-01', today())).map(({ accepted }) => accepted.origin);

  /** A call of the protocol that the hub makes up, in the name of that key. */
  async function called(key: NodeKey, to: TestNode, call: string, body: object) {
    const url = `${addressOf(to.options.name).url}/federation/v1/${call}`;
    const bytes = Buffer.from(JSON.stringify(body));
    const content = { method: 'POST', url, body: bytes } as const;
    const times = { nowMs: federation.clock.nowMs(), nonce: NodeKey.generate().nodeId.slice(0, 24) };
    const headers = signRequest({ ...content, contentType: FEDERATION_TYPE }, key, times);
    const answer = await federation.network.deliver({ ...content, headers, responseBytesMax: 1_000_000 });
    return JSON.parse(Buffer.from(answer.body).toString());
  }

  beforeEach(async () => {
    await founder.visit('10.0.0.1', '10.0.0.2');
    await one.visit('10.0.0.2', '10.0.0.3');
    await step();
  });

  afterEach(async () => {
    const readers = await sketchReaders(federation.network, federation.nodes, federation.clock.nowMs());
    expect(readers).toEqual(['hub of founder', 'hub of one']);
    for (const member of federation.members)
      expect(new Set(await originsAt(member))).toEqual(new Set([member.nodeId]));
  });

  it('that asks a member for the sketches of another, in its own name or in an invented one, gets none', async () => {
    const [own, other] = [await reportOf(founder), await reportOf(one)];
    const pull = ({ origin, reportId }: typeof own) => ({ reports: [[origin, today(), reportId]] });
    // The control: what the member shares with it, it gets again.
    const shared = await called(hub.key, founder, 'pull', pull(own));
    expect(shared.reports).toEqual([own.envelope]);
    expect(await called(hub.key, founder, 'pull', pull(other))).toMatchObject({ reports: [], sketches: {} });
    const entries = { ask: 'entries', days: [today()], origin: one.nodeId };
    expect(await called(hub.key, founder, 'digest', entries)).toMatchObject({ entries: [] });
    const invented = NodeKey.generate();
    const entry: RosterMember = [invented.nodeId, null, 'member', true, 'active', '2026-11-01'];
    const members = [...rosterAt(hub)!.members, entry].sort(([a], [b]) => (a < b ? -1 : 1));
    serve(ofHub({ number: 60, members }));
    await step();
    expect(rosterAt(founder)!.members).toHaveLength(3);
    for (const key of [invented, one.key])
      for (const [call, body] of Object.entries({ pull: pull(own), digest: { ask: 'root' } }))
        expect(await called(key, founder, call, body)).toEqual({ reason: 'unknown-key' });
  });

  it('that lists the reports of one member to another finds that they are not asked for', async () => {
    const { answers } = hub.federation;
    const digest = answers.digest.bind(answers);
    let lies = 0;
    answers.digest = (caller, body) => {
      if (caller !== founder.nodeId) return digest(caller, body);
      lies += 1;
      const asked = { ...JSON.parse(Buffer.from(body).toString()), origin: one.nodeId };
      return digest(one.nodeId, Buffer.from(JSON.stringify(asked)));
    };
    const pull = answers.pull.bind(answers);
    answers.pull = (_, body) => pull(one.nodeId, body);
    await founder.restart(federation.network);
    await step();
    expect(lies).toBeGreaterThan(2);
  });

  it('that brings a member the report of another is refused', async () => {
    const { envelope } = await reportOf(one);
    const { outcomes } = await called(hub.key, founder, 'reports', { reports: [envelope], sketches: {} });
    expect(outcomes).toMatchObject([{ outcome: 'refused' }]);
  });

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
