import type { Day } from '../../clock/day.js';
import type { Ruling, RulingStore } from '../ruling-store.js';
import type { RelationalDatabase } from './relational-database.js';
import { RulingRows } from './rows/ruling-row.js';

const ALL_DAYS = '';

export class RelationalRulingStore implements RulingStore {
  constructor(private readonly database: RelationalDatabase) {}

  async rulings(): Promise<Ruling[]> {
    const order = { origin: 'ASC', day: 'ASC' } as const;
    const found = await this.database.read((rows) => rows.find(RulingRows, { order }));
    return found.map((row) => ({ ...row, day: row.day === ALL_DAYS ? null : row.day }));
  }

  async put(ruling: Ruling): Promise<void> {
    const row = { ...ruling, day: ruling.day ?? ALL_DAYS };
    await this.database.write((rows) => rows.upsert(RulingRows, row, ['origin', 'day']));
  }

  async remove(origin: string, day: Day | null): Promise<boolean> {
    const where = { origin, day: day ?? ALL_DAYS };
    const { affected } = await this.database.write((rows) => rows.delete(RulingRows, where));
    return (affected ?? 0) > 0;
  }
}
