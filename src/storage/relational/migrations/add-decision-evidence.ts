import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { TEXT } from '../column-types.js';

/** What a decision rests on. Older decisions have none. */
export class AddDecisionEvidence implements MigrationInterface {
  readonly name = 'AddDecisionEvidence1796169600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('decisions', new TableColumn({ name: 'evidence', type: TEXT, isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('decisions', 'evidence');
  }
}
