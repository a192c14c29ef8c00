import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { BYTES, FLAG, LARGE_INTEGER, ROW_ID, TEXT } from '../column-types.js';

/** The first shape of the records. A migration that was released is never edited: the next one changes it. */
export class CreateRecords implements MigrationInterface {
  /** TypeORM orders by the 13 digits at the end. */
  readonly name = 'CreateRecords1795392000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table);
  }
}

const text = (name: string): TableColumnOptions => ({ name, type: TEXT });
const key = (name: string): TableColumnOptions => ({ name, type: TEXT, isPrimary: true });
const DIGEST_KEY: TableColumnOptions = { name: 'digest', type: BYTES, isPrimary: true };
const integer = (name: string): TableColumnOptions => ({ name, type: LARGE_INTEGER });
const flag = (name: string): TableColumnOptions => ({ name, type: FLAG });
const orNull = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });

/** The row goes when its report goes. */
function ofReport(constraint: string) {
  return {
    column: { name: 'report', type: ROW_ID, isPrimary: true } satisfies TableColumnOptions,
    foreignKey: {
      name: constraint,
      columnNames: ['report'],
      referencedTableName: 'reports',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  };
}

const decided = ofReport('decisions_report');
const mentioning = ofReport('sketch_mentions_report');

const TABLES: readonly Table[] = [
  new Table({
    name: 'reports',
    columns: [
      { name: 'id', type: ROW_ID, isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      text('origin'),
      text('day'),
      integer('seq'),
      text('report_id'),
      text('envelope'),
      integer('received_at_ms'),
      flag('is_counted'),
    ],
    indices: [
      { name: 'reports_by_day', columnNames: ['day', 'origin', 'seq'], isUnique: true },
      { name: 'reports_by_origin', columnNames: ['origin'] },
    ],
  }),
  new Table({
    name: 'decisions',
    columns: [decided.column, text('rule'), text('verdict'), text('decided_by'), integer('decided_at_ms')],
    foreignKeys: [decided.foreignKey],
  }),
  new Table({ name: 'sketches', columns: [DIGEST_KEY, { name: 'bytes', type: BYTES }] }),
  new Table({
    name: 'sketch_mentions',
    withoutRowid: true,
    columns: [mentioning.column, DIGEST_KEY],
    foreignKeys: [mentioning.foreignKey],
    indices: [{ name: 'sketch_mentions_by_digest', columnNames: ['digest'] }],
  }),
  new Table({
    name: 'peers',
    columns: [
      key('node_id'),
      text('role'),
      text('status'),
      integer('status_since_ms'),
      text('pin'),
      orNull(text('url')),
      text('card'),
      orNull(integer('last_seen_ms')),
      orNull(integer('last_delivery_ms')),
      orNull(text('last_error')),
      orNull(integer('last_error_ms')),
    ],
  }),
  new Table({ name: 'settings', columns: [key('name'), text('value')] }),
  new Table({
    name: 'access_keys',
    columns: [key('hash'), text('kind'), integer('created_at_ms'), orNull(integer('last_used_at_ms'))],
  }),
  new Table({
    name: 'legacy_reports',
    columns: [key('instance_id'), integer('count'), integer('received_at_ms'), flag('listed')],
  }),
];
