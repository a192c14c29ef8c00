export type Cell = string | number | null;

/** What a spreadsheet would take for a formula, were it the beginning of a cell. */
const FORMULA = /^[=+\-@\t\r]/;

/** RFC 4180. A text that a spreadsheet could run is kept a text by an apostrophe before it; numbers stay numbers. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
