import type { MigrationInterface, QueryRunner } from 'typeorm';
import { deflateStored } from '../sketch-columns.js';

/** From here on a short sketch may lie there as it is: a version that inflates every one must not open the file. */
export class StoreShortSketchesPlain implements MigrationInterface {
  readonly name = 'StoreShortSketchesPlain1796428800000';

  async up(): Promise<void> {}

  async down(runner: QueryRunner): Promise<void> {
    const rows = (await runner.query('SELECT digest, bytes FROM sketches')) as {
      digest: Buffer;
      bytes: Buffer;
    }[];
    for (const { digest, bytes } of rows) {
      await runner.query('UPDATE sketches SET bytes = ? WHERE digest = ?', [deflateStored(bytes), digest]);
    }
  }
}
