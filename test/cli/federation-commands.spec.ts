import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { addDays, dayOf } from '../../src/clock/day.js';
import type { JoiningView } from '../../src/federation/joining-view.js';
import type { NodeProcess } from '../federation/node-process.js';
import {
  approveAll,
  exchange,
  idOf,
  peersOf,
  RealNodes,
  share,
  statusOf,
  totalOf,
  until,
} from '../federation/real-nodes.js';
import { headcount, wordsOf } from './headcount.js';

// Each command is a process; so is each of the nodes.
jest.setTimeout(240_000);

const NOBODY = 'A'.repeat(43);

let nodes: RealNodes;
let hub: NodeProcess;
let founder: NodeProcess;
let invited: NodeProcess;
/** Got the line by hand, and was endorsed by nobody. */
let handed: NodeProcess;
let ids: { hub: string; founder: string; invited: string; handed: string };

beforeAll(async () => {
  nodes = await RealNodes.open();
  hub = await nodes.startHub('hub', { HEADCOUNT_HOLD_JUMP_FLOOR: '3' });
  const ofMember = { HEADCOUNT_HUB: hub.url };
  [founder, handed, invited] = await Promise.all([
    nodes.start('founder', ofMember),
    // Reports when it is told to: all of its visits at once.
    nodes.start('handed', { ...ofMember, HEADCOUNT_REPORT_INTERVAL: '1h' }),
    nodes.start('invited'),
  ]);
  await share(founder, [handed], [hub]);
  await until([founder, handed], async () => (await peersOf(hub)).length === 2);
  await approveAll(hub);
  await exchange(founder);
  const { stdout: invite } = await headcount(founder.dataDir, ['invite']);
  await headcount(invited.dataDir, ['join', invite.trim()]);
  const asker = async () => (await founder.client.get<JoiningView>('/v1/admin/joining')).requests[0];
  await until([invited, founder], async () => (await asker())?.invited === true);
  await headcount(founder.dataDir, ['endorse', (await asker())!.node]);
  await approveAll(hub);
  await until([founder, hub, invited], async () => (await statusOf(invited)).federation === 'test');
  const named = await Promise.all([hub, founder, invited, handed].map(idOf));
  ids = { hub: named[0]!, founder: named[1]!, invited: named[2]!, handed: named[3]! };
  await until([founder, invited, handed, hub], async () => (await peersOf(hub)).length === 3);
});
afterAll(() => nodes.close());

async function json({ dataDir }: NodeProcess, ...args: string[]): Promise<unknown> {
  const { stdout } = await headcount(dataDir, ['--json', ...args]);
  return JSON.parse(stdout);
}

/** What a person reads of one that does not: nothing else is printed. */
async function refusal({ dataDir }: Pick<NodeProcess, 'dataDir'>, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await headcount(dataDir, args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return stderr.trimEnd();
}

describe('a node that stands alone', () => {
  it.each([
    ['stopped', () => ({ dataDir: join(nodes.folder, 'stopped') })],
    ['running', () => nodes.start('alone')],
  ])('says of each command while %s why it has no effect', async (_state, open) => {
    const alone = await open();
    const said = async (...args: string[]) => (await refusal(alone, ...args)).replace(/^.*stand: /, '');
    expect(await said('withhold', NOBODY)).toBe('This node is in no federation.');
    expect(await said('federation', 'cut', '--why', 'x')).toContain('holds no key of a federation');
    expect(await said('federation', 'charter', 'propose', NOBODY)).toContain('knows of no charter');
    expect(await said('federation', 'charter', 'sign')).toContain('knows of no charter');
    expect(await said('federation', 'roster', 'sign')).toContain('knows of no charter');
    expect(await said('federation', 'effect', 'hold', NOBODY)).toContain('publishes no total');
    const { stdout } = await headcount(alone.dataDir, ['federation', 'charter']);
    expect(stdout).toBe('no charter: this node knows of none\n');
    expect((await headcount(alone.dataDir, ['federation', 'roster'])).stdout).toBe(
      'no roster applies here\n',
    );
    expect((await headcount(alone.dataDir, ['federation', 'alerts'])).stdout).toBe('no alert stands\n');
  });
});

describe('headcount federation charter and roster', () => {
  it('pass from the hub to two members, one command after the other, with no waiting in between', async () => {
    const first = await wordsOf(founder, 'federation', 'charter');
    expect(first.split('\n')).toEqual([
      'charter 1: 1 of 1 stewards change it',
      'sketch minimum (visitors a day): 0',
      `  ${ids.hub}`,
      `signed by ${ids.hub}`,
    ]);
    const roster = await wordsOf(handed, 'federation', 'roster');
    for (const id of [ids.founder, ids.handed, ids.invited]) expect(roster).toContain(id);
    for (const line of roster.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);

    const proposed = ['federation', 'charter', 'propose', ids.founder, ids.handed, '--threshold', '2'];
    expect(await wordsOf(hub, ...proposed, '--sketch-minimum', '1')).toContain(
      'charter 2: 2 of 2 stewards change it\nsketch minimum (visitors a day): 1',
    );
    const next = await wordsOf(founder, 'federation', 'charter', 'propose', ids.founder);
    expect(next).toContain(
      'waits for signatures:\ncharter 3: 1 of 1 stewards change it\nsketch minimum (visitors a day): 1',
    );
    expect(await json(handed, 'federation', 'charter')).toMatchObject({
      charter: { number: 2 },
      proposed: { number: 3, signers: [ids.founder] },
    });
    expect(await wordsOf(handed, 'federation', 'charter', 'sign')).toMatch(/^charter 3: 1 of 1 /);
    expect(await wordsOf(founder, 'federation', 'charter')).toMatch(/^charter 3: 1 of 1 /);
    expect(await wordsOf(founder, 'federation', 'roster', 'sign')).toContain(`signed by ${ids.founder}`);
    expect(await wordsOf(hub, 'federation', 'roster')).toContain(`signed by ${ids.founder}`);
    for (const node of [founder, handed, invited])
      expect((await statusOf(node)).warnings.join()).not.toMatch(/charter|roster/);
  });

  it('say what is wrong', async () => {
    const propose = (...args: string[]) => refusal(founder, 'federation', 'charter', 'propose', ...args);
    expect(await refusal(hub, 'federation', 'charter', 'propose', ids.hub)).toContain(
      'This node is no steward',
    );
    expect(await refusal(hub, 'federation', 'charter', 'sign')).toContain('This node is no steward');
    expect(await refusal(hub, 'federation', 'roster', 'sign')).toContain('This node is no steward');
    expect(await refusal(founder, 'federation', 'charter', 'sign')).toContain(
      'No charter waits for signatures',
    );
    expect(await propose('short')).toContain('stewards[0]: a node id has 43 characters');
    expect(await propose(ids.hub, ids.hub)).toContain('stewards: a steward is named twice');
    expect(await propose(ids.hub, '--threshold', '2')).toContain(
      'threshold: more signatures than there are stewards',
    );
    expect(await propose(ids.hub, '--threshold', 'two')).toContain(
      "'--threshold <count>' argument 'two' is invalid",
    );
    expect(await propose()).toContain("missing required argument 'nodes'");
  });
});

describe('headcount federation evidence and effect', () => {
  it('show what speaks against a held report, and what counting it would do', async () => {
    const today = dayOf(Date.now());
    for (const person of ['a', 'b', 'c', 'd', 'e', 'f']) await handed.visit(person);
    await founder.visit('a');
    await until([founder, handed, hub], async () => (await totalOf(hub)).instances.held === 1);
    const evidence = await wordsOf(hub, 'federation', 'evidence', ids.handed, today);
    expect(evidence).toMatch(/^jump: 6, at most 3$/m);
    expect(evidence).toMatch(/^sketch [0-9a-f]{8}\.\d+: of 6 people; /m);
    const effect = await wordsOf(hub, 'federation', 'effect', 'release', ids.handed, today);
    expect(effect).toMatch(/1d +│ +1 │ +6 │/);
    const held = await json(hub, 'federation', 'effect', 'hold', ids.founder);
    expect(held).toMatchObject({
      before: { windows: { '1d': { uniques: { estimate: 1 } } } },
      after: { windows: { '1d': { hits: 0 } } },
    });
    expect((await totalOf(hub)).uniques.estimate).toBe(1);
    // The one day that is held is all that is.
    expect(await wordsOf(hub, 'federation', 'release', ids.handed, '--why', 'a fair')).toContain(
      `${today} of ${ids.handed} counts with 6 people`,
    );
    expect(await refusal(hub, 'federation', 'release', ids.handed)).toContain(
      'No report of any day of that node is held.',
    );
    expect(await refusal(hub, 'federation', 'release', ids.handed, today)).toContain(
      `No report of ${today} of that node is held.`,
    );
    expect(await refusal(hub, 'federation', 'evidence', ids.handed, today)).toContain(
      `No report of ${today} of that node is held.`,
    );
  });

  it('say what is wrong', async () => {
    const today = dayOf(Date.now());
    const evidence = (...args: string[]) => refusal(hub, 'federation', 'evidence', ...args);
    const effect = (...args: string[]) => refusal(hub, 'federation', 'effect', ...args);
    expect(await evidence(ids.handed, 'yesterday')).toContain('day: a UTC day such as 2026-11-22');
    expect(await evidence('nobody', today)).toContain('node: a node id has 43 characters');
    expect(await evidence(NOBODY, today)).toContain(`No report of ${today} of that node is held.`);
    expect(await effect('hold', NOBODY)).toContain('No node of that id is known here.');
    expect(await effect('destroy', ids.founder)).toContain('action: ');
    expect(await effect('release', ids.founder)).toContain('day: a release is of one day');
    expect(await effect('release', ids.founder, 'today')).toContain('day: a UTC day such as 2026-11-22');
    expect(await refusal(founder, 'federation', 'effect', 'hold', ids.handed)).toContain('ask its hub');
  });
});

describe('headcount withhold', () => {
  it('takes an endorsement back, is in the audit log, and is undone by another endorsement', async () => {
    expect(await wordsOf(founder, 'withhold', ids.invited)).toBe(
      `${ids.invited} gets no later key from this node`,
    );
    expect(await wordsOf(founder, 'audit')).toMatch(/withhold/);
    const asks = async () =>
      ((await json(founder, 'requests')) as JoiningView).requests.find(({ node }) => node === ids.invited);
    expect(await asks()).toMatchObject({ invited: true, endorsed: false });
    await wordsOf(founder, 'endorse', ids.invited);
    expect(await asks()).toMatchObject({ endorsed: true });
  });

  it('says what is wrong', async () => {
    expect(await refusal(founder, 'withhold', ids.founder)).toContain('That is this node itself.');
    expect(await refusal(founder, 'withhold', 'nobody')).toContain('node: a node id has 43 characters');
    expect(await refusal(founder, 'withhold')).toContain("missing required argument 'node'");
  });
});

describe('headcount federation cut', () => {
  it('names the day, whom it reaches and who stays behind, and is made once', async () => {
    const tomorrow = addDays(dayOf(Date.now()), 1);
    const cut = await wordsOf(founder, 'federation', 'cut', '--why', 'a line leaked');
    expect(cut).toContain(`from ${tomorrow} on`);
    expect(cut).toContain('at this node and 1 other');
    expect(cut).toContain(`${ids.handed} was endorsed by nobody`);
    expect(await refusal(founder, 'federation', 'cut', '--why', 'again')).toContain('A cut is under way');
    await nodes.stop(invited);
    invited = await nodes.start('invited', {}, invited.url);
    await until([invited], async () => (await wordsOf(invited, 'federation')).includes(`from ${tomorrow}`));
    expect(await wordsOf(handed, 'federation')).not.toContain(tomorrow);
    const { entries } = (await json(founder, 'audit')) as { entries: { action: string; why: string }[] };
    expect(entries.filter(({ action }) => action === 'cut')).toMatchObject([{ why: 'a line leaked' }]);
  });

  it('says what is wrong', async () => {
    const cut = (...args: string[]) => refusal(hub, 'federation', 'cut', ...args);
    expect(await cut()).toContain("required option '--why <text>' not specified");
    expect(await cut('--why', 'x'.repeat(300))).toContain('why: a reason has 1 to 200 plain characters');
    expect(await cut('--why', 'hubs may not')).toContain('a member that does cuts');
    const { entries } = (await json(hub, 'audit')) as { entries: { action: string }[] };
    expect(entries.map(({ action }) => action)).not.toContain('cut');
  });
});

describe('headcount federation alerts', () => {
  it('stand until their reason is gone, and can be acknowledged', async () => {
    const hubUrl = hub.url;
    await nodes.stop(hub);
    for (let failure = 0; failure < 5; failure++) await exchange(founder);
    const id = `breaker-open.${ids.hub}`;
    expect(await wordsOf(founder, 'federation', 'alerts')).toMatch(
      new RegExp(`^alert {7}${id}: hub, since \\d+ s ago$`),
    );
    expect(await wordsOf(founder, 'federation', 'acknowledge', id, '--why', 'maintenance')).toContain(
      '(acknowledged by command line: maintenance)',
    );
    expect(await json(founder, 'federation', 'alerts')).toMatchObject({
      alerts: [{ id, acknowledged: { why: 'maintenance' } }],
      counts: { 'breaker-open': 1 },
    });
    expect(await refusal(founder, 'federation', 'acknowledge', `stale.${ids.hub}`)).toContain(
      'No such alert stands.',
    );
    expect(await refusal(founder, 'federation', 'acknowledge', 'all of them')).toContain(
      'id: an id as alerts have it',
    );
    hub = await nodes.startHub('hub', {}, hubUrl);
    await until(
      [founder],
      async () => (await wordsOf(founder, 'federation', 'alerts')) === 'no alert stands',
    );
  });
});
