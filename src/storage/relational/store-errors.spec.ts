import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { StoreUnavailableError } from '../count-store.js';
import { asStoreError, wantsNewConnection } from './store-errors.js';

function driverError(code: string): Error {
  return Object.assign(new Error('from the driver'), { code });
}

describe('asStoreError', () => {
  it.each([
    'SQLITE_FULL',
    'SQLITE_READONLY_DBMOVED',
    'SQLITE_IOERR_WRITE',
    'SQLITE_BUSY',
    'SQLITE_NOTADB',
    'ENOSPC',
  ])('%s means that the store is unavailable', (code) => {
    expect(asStoreError(driverError(code))).toBeInstanceOf(StoreUnavailableError);
    expect(asStoreError(driverError(code))).toHaveProperty('message', expect.stringContaining('the records'));
  });

  it.each(['SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_ERROR', 'SQLITE_MISUSE', '', 'SQLITE_FULLY'])(
    '%s is a mistake and stays what it is',
    (code) => {
      const error = driverError(code);
      expect(asStoreError(error)).toBe(error);
      expect(wantsNewConnection(error)).toBe(false);
    },
  );

  it('passes on what was thrown without being an error', () => {
    for (const thrown of [null, undefined, 'text', 7]) expect(asStoreError(thrown)).toBe(thrown);
  });

  it('leaves the parameters of the statement out: they would reach a log', () => {
    const failed = new QueryFailedError('INSERT', ['a secret'], driverError('SQLITE_FULL'));
    const error = asStoreError(failed);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((error as Error).cause).toBe(failed.driverError);
    expect((error as Error).cause).not.toHaveProperty('parameters');
  });

  it('wants a new connection where the old one may be the trouble', () => {
    expect(wantsNewConnection(driverError('SQLITE_IOERR'))).toBe(true);
    expect(wantsNewConnection(driverError('SQLITE_READONLY'))).toBe(true);
    expect(wantsNewConnection(driverError('SQLITE_FULL'))).toBe(false);
    expect(wantsNewConnection(driverError('SQLITE_BUSY'))).toBe(false);
  });
});
