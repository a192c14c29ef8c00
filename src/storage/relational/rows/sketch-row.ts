import { EntitySchema } from 'typeorm';
import { BYTES, ROW_ID } from '../column-types.js';
import { asDigestBytes, asStored } from '../sketch-columns.js';

/** A sketch, once, however many standing reports name it. */
export interface SketchRow {
  /** `sha256:<hex>` of its canonical HYLL bytes. */
  digest: string;
  /** Canonical HYLL bytes. */
  bytes: Uint8Array;
}

export const SketchRows = new EntitySchema<SketchRow>({
  name: 'sketch',
  tableName: 'sketches',
  columns: {
    digest: { type: BYTES, primary: true, transformer: asDigestBytes },
    bytes: { type: BYTES, transformer: asStored },
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
  withoutRowid: true,
  columns: {
    report: {
      type: ROW_ID,
      primary: true,
      foreignKey: { target: 'report', onDelete: 'CASCADE', name: 'sketch_mentions_report' },
    },
    digest: { type: BYTES, primary: true, transformer: asDigestBytes },
  },
  indices: [{ name: 'sketch_mentions_by_digest', columns: ['digest'] }],
});
