import { EntitySchema } from 'typeorm';
import type { Ruling } from '../../ruling-store.js';
import { asNumber, LARGE_INTEGER, TEXT } from '../column-types.js';

export interface RulingRow extends Omit<Ruling, 'day'> {
  /** Empty for all days: a key column holds no null. */
  day: string;
}

export const RulingRows = new EntitySchema<RulingRow>({
  name: 'ruling',
  tableName: 'rulings',
  columns: {
    origin: { type: TEXT, primary: true },
    day: { type: TEXT, primary: true },
    verdict: { type: TEXT },
    by: { type: TEXT, name: 'ruled_by' },
    why: { type: TEXT },
    atMs: { type: LARGE_INTEGER, name: 'ruled_at_ms', transformer: asNumber },
  },
});
