import type { Day } from '../../clock/day.js';
import type { Ruling, RulingStore } from '../ruling-store.js';
import { MemoryTable } from './memory-table.js';

export class MemoryRulingStore implements RulingStore {
  private readonly table = new MemoryTable<Ruling>();

  async rulings(): Promise<Ruling[]> {
    return this.table.rows();
  }

  async put(ruling: Ruling): Promise<void> {
    this.table.put(keyOf(ruling.origin, ruling.day), ruling);
  }

  async remove(origin: string, day: Day | null): Promise<boolean> {
    const key = keyOf(origin, day);
    const isThere = this.table.get(key) !== null;
    this.table.remove(key);
    return isThere;
  }
}

function keyOf(origin: string, day: Day | null): string {
  return `${origin}/${day ?? ''}`;
}
