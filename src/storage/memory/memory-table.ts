/** Rows by key. Rows are copied on the way in and out: what a caller changes later is not stored. */
export class MemoryTable<Row extends object> {
  private readonly rowsByKey = new Map<string, Row>();

  get(key: string): Row | null {
    const row = this.rowsByKey.get(key);
    return row === undefined ? null : { ...row };
  }

  /** Ordered by key, as text compares. */
  rows(): Row[] {
    const sorted = [...this.rowsByKey].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, row]) => ({ ...row }));
  }

  put(key: string, row: Row): void {
    this.rowsByKey.set(key, { ...row });
  }

  remove(key: string): void {
    this.rowsByKey.delete(key);
  }
}
