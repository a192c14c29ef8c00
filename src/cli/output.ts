import Table from 'cli-table3';
import pc from 'picocolors';

/** What every command prints: one JSON document with `--json`, words and tables for people without. */
export interface Output {
  json: boolean;
  write(line: string): void;
}

export const terminal = (json: boolean): Output => ({ json, write: (line) => console.log(line) });

/** Prints the value as JSON, or calls `words` to say it in lines. */
export function show<T>(output: Output, value: T, words: (value: T) => readonly string[]): void {
  if (output.json) output.write(JSON.stringify(value, null, 2));
  else for (const line of words(value)) output.write(line);
}

/** What cli-table3 draws a table of. */
const LINES = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
] as const;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({
    head: head.map((title) => pc.bold(title)),
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

export interface Column {
  title: string;
  /** In characters; what does not fit is cut. */
  width: number;
  align: 'left' | 'right';
}

/** A table without lines, as wide as its columns are, with more about each row in lines below it. */
export function columns(
  all: readonly Column[],
  rows: readonly { cells: readonly string[]; below: readonly string[] }[],
): string {
  const none = Object.fromEntries(LINES.map((line) => [line, '']));
  const drawn = new Table({
    head: all.map(({ title }) => pc.bold(title)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    chars: { ...none, middle: '  ' },
    colWidths: all.map(({ width }) => width),
    colAligns: all.map(({ align }) => align),
  });
  for (const { cells, below } of rows) {
    drawn.push([...cells]);
    for (const content of below.filter((line) => line !== ''))
      drawn.push([{ content: `  ${content}`, colSpan: all.length, hAlign: 'left' }]);
  }
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `18,211` */
export function whole(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en-US');
}

/** `3 min ago`; `never` for null. */
export function age(timeMs: number | null, nowMs: number): string {
  if (timeMs === null) return 'never';
  const seconds = Math.max(0, Math.round((nowMs - timeMs) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}
