import type { ColumnType, ValueTransformer } from 'typeorm';

/**
 * What a column is made of, named once. Everything here but BYTES is spelled the same in SQLite and in
 * PostgreSQL; there it is `bytea`, and this file is where that will be chosen.
 */
export const TEXT = 'text' satisfies ColumnType;
export const FLAG = 'boolean' satisfies ColumnType;
/** An integer below 2^53: a time in milliseconds, a seq, a count. */
export const LARGE_INTEGER = 'bigint' satisfies ColumnType;
export const ROW_ID = 'integer' satisfies ColumnType;
export const BYTES = 'blob' satisfies ColumnType;

/** A small value that only whoever wrote it reads. */
export const asJson: ValueTransformer = {
  to: (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value)),
  from: (text: string | null) => (text === null ? null : JSON.parse(text)),
};

/** PostgreSQL's driver answers a bigint as text, SQLite's as a number. */
export const asNumber: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};
