import { addDays, type Day } from '../../src/clock/day.js';
import { LedgerTotals } from '../../src/federation/core/ledger-totals.js';
import { copyOf } from './copy-of.js';
import { ALWAYS } from './safety.js';
import type { Simulation } from './simulation.js';
import type { Site } from './site.js';
import { Violation } from './violation.js';

const WINDOWS = { '1d': 1, '7d': 7, '30d': 30 } as const;

/** After healing, so many rounds are enough for everyone to hold the same: PROTOCOL.md. */
export function roundsToAgree({ sites, shape }: Simulation): number {
  const diameter = { hub: 2, mesh: 2, tree: 4, ring: sites.length }[shape];
  return 3 * (diameter + Math.ceil(Math.log2(sites.length))) + 10;
}

/** What holds once everyone could talk to everyone for long enough. Throws Violation. */
export async function checkLiveness(simulation: Simulation): Promise<void> {
  const { publishers } = simulation;
  const counted = countedSites(simulation);
  const [missing] = await missingReports(simulation);
  if (missing !== undefined) throw new Violation(missing);
  for (const publisher of publishers.filter(({ isLiar }) => !isLiar)) {
    const heard = counted.filter((site) => simulation.reaches(site, publisher));
    await releaseLate(simulation, publisher, heard);
    await checkPeople(simulation, publisher, heard);
  }
  const [publisher] = publishers.filter(({ isLiar }) => !isLiar);
  if (publisher) await checkExclusion(publisher, counted);
}

/** Whether everyone holds the newest report of everyone's every day. */
export async function agree(simulation: Simulation): Promise<boolean> {
  return (await missingReports(simulation)).length === 0;
}

function countedSites({ honest, hubs, removed }: Simulation): Site[] {
  return honest.filter((site) => !hubs.includes(site) && !removed.has(site));
}

async function missingReports(simulation: Simulation): Promise<string[]> {
  const missing: string[] = [];
  for (const publisher of simulation.publishers.filter(({ isLiar }) => !isLiar))
    for (const origin of countedSites(simulation).filter((site) => simulation.reaches(site, publisher))) {
      const holds = new Map(await holdings(publisher, origin.nodeId, simulation.today));
      for (const [day, id] of await holdings(origin, origin.nodeId, simulation.today))
        if (holds.get(day) !== id)
          missing.push(`${publisher.name} has not the newest of ${origin.name} ${day}`);
    }
  return missing;
}

async function holdings(site: Site, origin: string, today: Day): Promise<[Day, string][]> {
  const slots = await site.node.records.ledger.slotsOf(origin, addDays(today, -61), today);
  return slots.map(({ accepted }) => [accepted.day, accepted.reportId]);
}

/** Nothing of an honest origin is held but what came two days late, and a person lets that count. */
async function releaseLate(simulation: Simulation, publisher: Site, origins: readonly Site[]): Promise<void> {
  const { ledger } = publisher.node.records;
  for (const origin of origins) {
    for (const { accepted, counted } of await ledger.slotsOf(origin.nodeId, ...ALWAYS)) {
      if (accepted.reportId === counted?.reportId) continue;
      const { day, seq } = accepted;
      const rule = (await ledger.decision(origin.nodeId, day, seq))?.rule;
      const isBeyondReach = origin.wasRestored && !origin.calls(publisher);
      const isLoss = rule === 'register-fell' && (origin.mayHaveLost || isBeyondReach);
      if (rule !== 'late-change' && !isLoss && simulation.clone?.original !== origin)
        throw new Violation(`${publisher.name} holds ${origin.name} ${day}: ${rule}`);
      await publisher.node.federation.release(origin.nodeId, day, {
        by: 'administrator',
        why: 'it was late',
      });
    }
  }
}

/** A few people are counted exactly, since two of them hardly ever share a register; one may. */
async function checkPeople(simulation: Simulation, publisher: Site, counted: readonly Site[]): Promise<void> {
  const snapshot = await publisher.node.federation.board.snapshot();
  const { windows } = snapshot!.signed.total;
  for (const [window, length] of Object.entries(WINDOWS)) {
    const certain = new Set<string>();
    const possible = new Set<string>();
    for (let back = 0; back < length; back++)
      for (const { visitors } of counted) {
        for (const person of visitors.certain(addDays(simulation.today, -back))) certain.add(person);
        for (const person of visitors.possible(addDays(simulation.today, -back))) possible.add(person);
      }
    const { estimate, high, dedup } = windows[window as keyof typeof WINDOWS].uniques;
    // A day that a restored node has no sketch of under the window's key raises the upper end alone.
    const least = dedup === 'full' && estimate !== null ? estimate : high;
    const what = `${publisher.name}: ${window} is ${estimate} or at most ${high}`;
    if (least < certain.size - 1) throw new Violation(`${what}, but ${certain.size} were there`);
    if (estimate !== null && estimate > possible.size + 1)
      throw new Violation(`${what}, but only ${possible.size} can have been there`);
  }
}

/** Whoever is ruled out is as if it had never spoken. */
async function checkExclusion(publisher: Site, counted: readonly Site[]): Promise<void> {
  const { federation, records } = publisher.node;
  const origin = counted.find((site) => site !== publisher)?.nodeId;
  if (origin === undefined) return;
  const by = { by: 'administrator', why: 'to see' };
  await federation.rule({ origin, day: null, verdict: 'exclude' }, by);
  const { inputs, signed } = (await federation.board.snapshot())!;
  const silent = copyOf(records.ledger);
  await silent.removeOrigin(origin);
  const { nowMs, policy, roster } = inputs;
  const days = Array.from({ length: policy.ledgerDays }, (_, back) => addDays(signed.total.day, -back));
  const made = await new LedgerTotals(silent).compute({
    ...{ federation: signed.total.federation, nowMs, policy },
    roster: roster.filter(({ nodeId }) => nodeId !== origin),
    ruledOut: [],
    readKeys: Object.fromEntries(days.map((day) => [day, inputs.readKey(day)])),
    identity: inputs.identity,
  });
  await federation.lift(origin, null, by);
  const { windows, instances, history } = signed.total;
  const published = JSON.stringify({ windows, instances, history, inputs: signed.total.inputs });
  const never = { ...made.total, inputs: made.inputs };
  const expected = JSON.stringify({
    ...{ windows: never.windows, instances: never.instances, history: never.history, inputs: never.inputs },
  });
  if (published !== expected) throw new Violation(`${publisher.name}: an excluded origin left a trace`);
}
