import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { TEXT } from '../column-types.js';

/** What a peer signed and contradicts itself. */
export class AddPeerContradiction implements MigrationInterface {
  readonly name = 'AddPeerContradiction1796083200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('peers', new TableColumn({ name: 'contradiction', type: TEXT, isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('peers', 'contradiction');
  }
}
