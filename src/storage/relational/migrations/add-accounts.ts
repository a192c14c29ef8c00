import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  TableColumn,
  type TableColumnOptions,
} from 'typeorm';
import { LARGE_INTEGER, TEXT } from '../column-types.js';

/** Persons who sign in, the browsers they are signed in with, and names and ends of access keys. */
export class AddAccounts implements MigrationInterface {
  readonly name = 'AddAccounts1796256000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table);
    for (const column of KEY_COLUMNS) await runner.addColumn('access_keys', new TableColumn(column));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of [...KEY_COLUMNS].reverse()) await runner.dropColumn('access_keys', name);
    for (const table of [...TABLES].reverse()) await runner.dropTable(table);
  }
}

const text = (name: string): TableColumnOptions => ({ name, type: TEXT });
const key = (name: string): TableColumnOptions => ({ name, type: TEXT, isPrimary: true });
const integer = (name: string): TableColumnOptions => ({ name, type: LARGE_INTEGER });
const orNull = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });

const KEY_COLUMNS = [orNull(text('name')), orNull(integer('expires_at_ms'))];

const TABLES: readonly Table[] = [
  new Table({
    name: 'accounts',
    columns: [
      key('id'),
      text('name'),
      text('name_key'),
      text('role'),
      orNull(text('password_hash')),
      orNull(integer('password_set_at_ms')),
      integer('created_at_ms'),
      orNull(text('second_factor')),
      orNull(text('link')),
    ],
    indices: [{ name: 'accounts_by_name', columnNames: ['name_key'], isUnique: true }],
  }),
  new Table({
    name: 'sessions',
    columns: [
      key('hash'),
      text('account_id'),
      integer('created_at_ms'),
      integer('last_used_at_ms'),
      text('device'),
      orNull(text('network')),
    ],
    indices: [{ name: 'sessions_by_account', columnNames: ['account_id'] }],
  }),
];
