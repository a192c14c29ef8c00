import { EntitySchema } from 'typeorm';
import { BYTES, ROW_ID, TEXT } from '../column-types.js';

/** A sketch, once, however many standing reports name it. */
export interface SketchRow {
  /** `sha256:<hex>` of its canonical HYLL bytes. */
  digest: string;
  bytes: Buffer;
}

export const SketchRows = new EntitySchema<SketchRow>({
  name: 'sketch',
  tableName: 'sketches',
  columns: {
    digest: { type: TEXT, primary: true },
    bytes: { type: BYTES },
  },
});

/** A standing report names a sketch. The sketch may be missing: a report can name what was never delivered. */
export interface MentionRow {
  report: number;
  digest: string;
}

export const MentionRows = new EntitySchema<MentionRow>({
  name: 'mention',
  tableName: 'sketch_mentions',
  columns: {
    report: {
      type: ROW_ID,
      primary: true,
      foreignKey: { target: 'report', onDelete: 'CASCADE', name: 'sketch_mentions_report' },
    },
    digest: { type: TEXT, primary: true },
  },
  indices: [{ name: 'sketch_mentions_by_digest', columns: ['digest'] }],
});
