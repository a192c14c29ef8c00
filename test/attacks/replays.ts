import { ManualClock } from '../../src/clock/clock.js';
import { addDays, DAY_MS, type Day, dayStartMs, HOUR_MS, isoSeconds } from '../../src/clock/day.js';
import { Intake } from '../../src/federation/core/intake.js';
import { defaultThresholds } from '../../src/federation/core/judgement/thresholds.js';
import { Membership } from '../../src/federation/core/membership.js';
import type { PushOutcome } from '../../src/federation/core/messages.js';
import { defaultPolicy } from '../../src/federation/core/policy.js';
import { openCard, signCard } from '../../src/protocol/card.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import type { Report } from '../../src/protocol/report.js';
import { packSketch, sketchDigest } from '../../src/protocol/sketch-transfer.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import { MemoryLedger } from '../../src/storage/memory/memory-ledger.js';
import { MemoryPeerStore } from '../../src/storage/memory/memory-peer-store.js';
import { sketchOf } from './attack-run.js';
import { dayNumber, KEY_NAMES } from './judged-origin.js';
import type { SeededNumbers } from './seeded-numbers.js';

const FEDERATION = 'fed';
const TODAY = dayNumber(100);

/** A report that was told once, told again: as it was, or in another's place. */
export interface Replay {
  name: string;
  /** Why acceptance refuses it; `unchanged` where the very same report stands already. */
  reason: string;
  replay(scene: Scene): string;
}

export const REPLAYS: readonly Replay[] = [
  { name: "the day's newest report once more", reason: 'unchanged', replay: ({ evening }) => evening },
  { name: 'an earlier report of the day', reason: 'seq-too-low', replay: ({ morning }) => morning },
  {
    name: "yesterday's report under today's date",
    reason: 'bad-signature',
    replay: ({ yesterday }) => {
      const envelope = JSON.parse(yesterday);
      const payload = Buffer.from(envelope.payload, 'base64').toString();
      const moved = payload.replaceAll(addDays(TODAY, -1), TODAY);
      return JSON.stringify({ ...envelope, payload: Buffer.from(moved).toString('base64') });
    },
  },
  {
    name: "another's report, signed anew by oneself",
    reason: 'not-its-own-key',
    replay: (scene) => signEnvelope('report', scene.report(scene.victim, 20), scene.liar),
  },
  {
    name: "another's sketch under one's own name, without having it",
    reason: 'sketch-missing',
    replay: (scene) => signEnvelope('report', scene.report(scene.liar, 20), scene.liar),
  },
  {
    name: 'a report to another federation',
    reason: 'other-federation',
    replay: (scene) => scene.byVictim({ ...scene.report(scene.victim, 20), federation: 'other' }),
  },
  {
    name: 'a report of ten weeks ago',
    reason: 'day-out-of-range',
    replay: (scene) => scene.byVictim(scene.report(scene.victim, 20, addDays(TODAY, -70))),
  },
  {
    name: 'another report under a number that was used',
    reason: 'equivocation',
    replay: (scene) => scene.byVictim({ ...scene.report(scene.victim, 19), hits: 1 }),
  },
];

export interface ReplayOutcome {
  trials: number;
  /** How they were answered. */
  answers: Map<string, number>;
  /** After how many of them something else stood in the ledger than before. */
  changed: number;
}

/** Says it to a node that takes reports as every node does, of a victim of another size each time. */
export async function replayed(
  { replay }: Replay,
  trials: number,
  random: SeededNumbers,
): Promise<ReplayOutcome> {
  const outcome: ReplayOutcome = { trials, answers: new Map(), changed: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const scene = await Scene.open(Math.ceil(random.between(1, 9000)), random);
    const before = await scene.standing();
    const answer = await scene.bring(replay(scene));
    const reason = answer.outcome === 'refused' ? answer.reason : answer.outcome;
    outcome.answers.set(reason, (outcome.answers.get(reason) ?? 0) + 1);
    if ((await scene.standing()) !== before) outcome.changed += 1;
  }
  return outcome;
}

interface Told {
  uniques: number;
  digest: string;
  packed: string;
}

/** A node that holds three reports of a member, and another member that has read them. */
class Scene {
  readonly yesterday = this.signed(19, addDays(TODAY, -1));
  readonly morning = this.signed(9);
  readonly evening = this.signed(19);

  private constructor(
    readonly victim: NodeKey,
    readonly liar: NodeKey,
    private readonly told: Told,
    private readonly ledger: MemoryLedger,
    private readonly intake: Intake,
  ) {}

  static async open(people: number, random: SeededNumbers): Promise<Scene> {
    const [victim, liar] = [NodeKey.generate(), NodeKey.generate()];
    const [ledger, clock] = [new MemoryLedger(), new ManualClock(dayStartMs(TODAY) + 20 * HOUR_MS)];
    const membership = await Membership.load(new MemoryPeerStore(), clock, defaultPolicy);
    for (const key of [victim, liar]) await admit(key, membership);
    const intake = new Intake({
      ...{ ledger, membership, clock, policy: defaultPolicy, thresholds: defaultThresholds },
      ...{ federation: () => FEDERATION, countRefusal: () => {}, stored: () => {} },
      contradicted: async () => {},
    });
    const sketch = sketchOf(people, random);
    const bytes = encodeHyll(sketch);
    const packed = Buffer.from(packSketch(bytes)).toString('base64');
    const told = { uniques: Math.round(sketch.estimate()), digest: sketchDigest(bytes), packed };
    const scene = new Scene(victim, liar, told, ledger, intake);
    for (const envelope of [scene.yesterday, scene.morning, scene.evening])
      await scene.bring(envelope, { [told.digest]: packed });
    return scene;
  }

  /** What a node of that key would say of a day at that hour, if the victim's people were its own. */
  report({ nodeId: origin }: NodeKey, hour: number, day: Day = TODAY): Report {
    const { uniques, digest } = this.told;
    const issuedMs = dayStartMs(day) + hour * HOUR_MS;
    return {
      ...{ v: 1, federation: FEDERATION, origin, format: 'hyll-p14-m64a', identity: 'ip-ua/1' },
      ...{ day, hits: uniques * 3, uniques, closed: false, seq: issuedMs },
      ...{ issuedAt: isoSeconds(issuedMs), validUntil: isoSeconds(issuedMs + DAY_MS) },
      ...{ windows: { '7d': uniques, '30d': uniques, all: uniques }, sketches: { [KEY_NAMES[0]]: digest } },
    };
  }

  async bring(envelope: string, sketches: Record<string, string> = {}): Promise<PushOutcome> {
    const [outcome] = await this.intake.receive({ reports: [envelope], sketches }, this.liar.nodeId);
    return outcome!;
  }

  /** What stands in the ledger, as text. */
  async standing(): Promise<string> {
    return JSON.stringify(await this.ledger.slots(addDays(TODAY, -100), addDays(TODAY, 100)));
  }

  byVictim(report: Report): string {
    return signEnvelope('report', report, this.victim);
  }

  private signed(hour: number, day?: Day): string {
    return this.byVictim(this.report(this.victim, hour, day));
  }
}

async function admit(key: NodeKey, membership: Membership): Promise<void> {
  const software = { name: 'headcount', version: '1' };
  const fields = { name: null, url: null, software, listed: false, counting: true, version: 1 };
  const card = signCard(fields, key);
  await membership.requestToJoin(openCard(card), card, 'member');
  await membership.approve(key.nodeId, { trusted: true });
}
