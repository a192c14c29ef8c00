import { setImmediate as nextTurn } from 'node:timers/promises';
import { Between, type EntityManager, MoreThan } from 'typeorm';
import type { Day } from '../../clock/day.js';
import { type ReportRow, ReportRows } from './rows/report-row.js';

/** Parsing so many reports takes about 3 ms, which is as long as a long read may hold up the node. */
const PAGE_ROWS = 250;

/**
 * The rows from `from` to `to`, in pages, day by day and by origin within the day: the order of the index, so
 * that a page costs the same wherever it lies. The rows of one (origin, day), two at most, are never split.
 * Between two pages the node does other work. `columns` must hold origin, day and seq.
 */
export async function* reportPages<Column extends keyof ReportRow>(
  rows: EntityManager,
  columns: readonly Column[],
  from: Day,
  to: Day,
): AsyncGenerator<Pick<ReportRow, Column | 'origin' | 'day'>[]> {
  const select = Object.fromEntries(columns.map((column) => [column, true]));
  for (const day of await daysWithReports(rows, from, to)) {
    let after = '';
    for (;;) {
      const page = await rows.find(ReportRows, {
        select,
        where: { day, origin: MoreThan(after) },
        order: { origin: 'ASC', seq: 'ASC' },
        take: PAGE_ROWS,
      });
      const isLast = page.length < PAGE_ROWS;
      const whole = isLast ? page : withoutLastOrigin(page);
      if (whole.length > 0) yield whole;
      if (isLast) break;
      after = whole.at(-1)!.origin;
      await nextTurn();
    }
  }
}

/** The rows of one (origin, day) together, from rows that are sorted by both. */
export function bySlot<Row extends Pick<ReportRow, 'origin' | 'day'>>(page: readonly Row[]): Row[][] {
  const slots: Row[][] = [];
  for (const row of page) {
    const current = slots.at(-1);
    const first = current?.[0];
    if (first?.origin === row.origin && first.day === row.day) current?.push(row);
    else slots.push([row]);
  }
  return slots;
}

async function daysWithReports(rows: EntityManager, from: Day, to: Day): Promise<Day[]> {
  const found = await rows
    .createQueryBuilder(ReportRows, 'report')
    .select('report.day', 'day')
    .distinct(true)
    .where({ day: Between(from, to) })
    .orderBy('report.day')
    .getRawMany<{ day: Day }>();
  return found.map(({ day }) => day);
}

/** A full page may end in the middle of an (origin, day); the next page brings it whole. */
function withoutLastOrigin<Row extends Pick<ReportRow, 'origin'>>(page: readonly Row[]): Row[] {
  const last = page.at(-1)?.origin;
  return page.filter((row) => row.origin !== last);
}
