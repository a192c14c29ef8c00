import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Number and hash of the newest entry of the audit log are kept beside it, so that a log that was cut off shows. */
export class NoteNewestAuditEntry implements MigrationInterface {
  readonly name = 'NoteNewestAuditEntry1796515200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `INSERT INTO settings (name, value)
       SELECT 'newest-audit-entry', json_object('number', number, 'hash', hash)
       FROM audit_log ORDER BY number DESC LIMIT 1`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DELETE FROM settings WHERE name = 'newest-audit-entry'");
  }
}
