/**
 * The `code` that Node's and the drivers' errors carry, such as ENOENT or SQLITE_FULL; empty for what has none.
 * Asked by shape and not by class, since an error may come from another realm or another copy of a driver.
 */
export function errorCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
