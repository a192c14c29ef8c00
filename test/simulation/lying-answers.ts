import { dayOf } from '../../src/clock/day.js';
import type { SeededRandom } from './seeded-random.js';
import type { Site } from './site.js';

const OFTEN = 0.2;

/** What a liar answers instead of the truth, now and then: of reports under the name of whoever asks that nobody signed. */
export function lyingAnswers(liar: Site, random: SeededRandom): NonNullable<Site['twists']> {
  return (request, answer) => {
    const call = request.url.split('/').at(-1) ?? '';
    const isLie = answer.status === 200 && request.body && call in LIES && random.chance(OFTEN);
    if (!isLie) return answer;
    const [asked, said] = [request.body!, answer.body].map((bytes) =>
      JSON.parse(Buffer.from(bytes).toString()),
    );
    const invented = { id: inventedId(random), seq: liar.clock.nowMs() - random.below(60_000) };
    const lie = LIES[call]!({ asked, said, invented, today: dayOf(liar.clock.nowMs()), random });
    return { ...answer, body: Buffer.from(JSON.stringify({ ...said, ...lie })) };
  };
}

interface Telling {
  asked: { ask?: string; origin?: string };
  said: { outcomes?: object[]; entries?: unknown[] };
  invented: { id: string; seq: number };
  today: string;
  random: SeededRandom;
}

const LIES: Record<string, (telling: Telling) => object> = {
  reports: ({ said, invented, random }) => ({
    outcomes: (said.outcomes ?? []).map((outcome) =>
      random.chance(0.5)
        ? { outcome: 'accepted', id: invented.id, replaced: invented.id }
        : { ...outcome, outcome: 'refused', reason: 'seq-too-low', newest: invented },
    ),
  }),
  digest: ({ asked, said, invented, today }) => {
    if (asked.ask === 'root') return { root: '0'.repeat(64) };
    if (asked.ask === 'days') return { days: [[today, '0'.repeat(32), 1]] };
    if (asked.ask !== 'entries' || !asked.origin) return {};
    return { entries: [...(said.entries ?? []), [today, asked.origin, invented.seq, invented.id]] };
  },
};

function inventedId(random: SeededRandom): string {
  return Array.from({ length: 64 }, () => random.below(16).toString(16)).join('');
}
