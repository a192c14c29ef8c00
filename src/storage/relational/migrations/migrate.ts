import { type DataSource, MigrationExecutor } from 'typeorm';

/** The database holds what only a newer version understands. Nothing was changed in it. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';

  constructor(unknown: readonly string[]) {
    super(
      `the records were written by a newer version of Headcount (this one does not know ${unknown.join(', ')}): ` +
        'start that version or a newer one, or restore the backup made before the upgrade',
    );
  }
}

/** Runs the migrations that are missing, all of them or none. Throws DatabaseTooNewError before touching anything. */
export async function migrate(source: DataSource): Promise<void> {
  const known = new Set(source.migrations.map((migration) => migration.name));
  const executed = await new MigrationExecutor(source).getExecutedMigrations();
  const unknown = executed.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new DatabaseTooNewError(unknown);
  await source.runMigrations();
}
