import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { TEXT } from '../column-types.js';

/** Which hubs below this one introduced a member. */
export class AddPeerIntroducers implements MigrationInterface {
  readonly name = 'AddPeerIntroducers1796342400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('peers', new TableColumn({ name: 'via', type: TEXT, default: "'[]'" }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('peers', 'via');
  }
}
