import { RANK_MAX, REGISTER_COUNT, Sketch } from '../../src/sketch/sketch.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** Registers made of those of a site's real visitors, to look like more. */
export interface Forgery {
  name: string;
  kind: 'crafted' | 'shifted' | 'lifted';
  forge(honest: Sketch, random: SeededNumbers): Sketch;
}

type Change = (rank: number, register: number, random: SeededNumbers) => number;

const forgery = (kind: Forgery['kind'], name: string, change: Change): Forgery => ({
  kind,
  name,
  forge: (honest, random) =>
    new Sketch(
      honest.registers.map((rank, register) =>
        Math.min(RANK_MAX, Math.max(rank, change(rank, register, random))),
      ),
    ),
});

const lifted = (share: number, by: number): Forgery =>
  forgery('lifted', `${share * 100} % of the registers by ${by}`, (rank, _register, random) =>
    random.uniform() < share ? rank + by : rank,
  );

const shifted = (by: number): Forgery => forgery('shifted', `every register by ${by}`, (rank) => rank + by);

export const FORGERIES: readonly Forgery[] = [
  forgery('crafted', 'one rank in all registers', () => 12),
  forgery('crafted', 'the highest rank in all', () => RANK_MAX),
  forgery('crafted', 'a saw', (_rank, register) => 6 + (register % 8)),
  forgery('crafted', 'ranks drawn evenly', (_rank, _register, random) => Math.floor(random.between(4, 16))),
  forgery('crafted', 'ranks drawn from a bell', (_rank, _register, random) =>
    Math.round(10 + 1.85 * random.normal()),
  ),
  forgery('crafted', 'a thousand registers at rank 20', (rank, register) => (register < 1000 ? 20 : rank)),
  forgery('crafted', 'half of a sketch of ten times as many', (rank, register, random) =>
    register < REGISTER_COUNT / 2 ? rank + Math.floor(random.between(3, 4.3)) : rank,
  ),
  shifted(1),
  shifted(2),
  forgery('shifted', 'every register that is not empty by 2', (rank) => (rank === 0 ? 0 : rank + 2)),
  lifted(0.1, 2),
  lifted(0.1, 4),
  lifted(0.25, 2),
  lifted(0.25, 4),
  lifted(0.5, 1),
  lifted(0.5, 2),
  lifted(0.5, 4),
  forgery('lifted', 'a block of a tenth by 2', (rank, register) => (register < 1638 ? rank + 2 : rank)),
  forgery('lifted', 'every fourth register by 2', (rank, register) => (register % 4 === 0 ? rank + 2 : rank)),
];

/** Lifted so little that no test of the registers can tell at every size: what is missed is in what they claim. */
export const FAINT_FORGERIES: readonly Forgery[] = [lifted(0.05, 2), lifted(0.1, 1), lifted(0.25, 1)];
