import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { LARGE_INTEGER, ROW_ID, TEXT } from '../column-types.js';

/** What persons decide about others' figures, and the log of all that was decided. */
export class AddRulingsAndAuditLog implements MigrationInterface {
  readonly name = 'AddRulingsAndAuditLog1795996800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table);
  }
}

const text = (name: string): TableColumnOptions => ({ name, type: TEXT });
const key = (name: string): TableColumnOptions => ({ name, type: TEXT, isPrimary: true });
const integer = (name: string): TableColumnOptions => ({ name, type: LARGE_INTEGER });

const TABLES: readonly Table[] = [
  new Table({
    name: 'rulings',
    columns: [
      key('origin'),
      key('day'),
      text('verdict'),
      text('ruled_by'),
      text('why'),
      integer('ruled_at_ms'),
    ],
  }),
  new Table({
    name: 'audit_log',
    columns: [
      { name: 'number', type: ROW_ID, isPrimary: true },
      ...['previous', 'hash'].map(text),
      integer('at_ms'),
      ...['decided_by', 'action', 'subject', 'why'].map(text),
    ],
  }),
];
