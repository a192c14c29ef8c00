import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { clientCookie, clientIdOf } from './client-cookie.js';

const ID = '0b7f7f2e-3c59-4f0e-9f27-6f0b9c1d2e3f';

describe('clientIdOf', () => {
  it('finds the cookie among others', () => {
    expect(clientIdOf(`client_id=${ID}`)).toBe(ID);
    expect(clientIdOf(`a=1; client_id=${ID}; b=2`)).toBe(ID);
    expect(clientIdOf(`x_client_id=1;client_id=${ID} ;`)).toBe(ID);
    expect(clientIdOf(`client_id=${randomUUID()}`)).not.toBeNull();
  });

  it('takes the first of several', () => {
    expect(clientIdOf(`client_id=${ID}; client_id=${randomUUID()}`)).toBe(ID);
  });

  it.each([
    undefined,
    '',
    ';',
    'client_id',
    'client_id=',
    'client_id=admin',
    `client_id="${ID}"`,
    `client_id=${ID}x`,
    `Client_Id=${ID}`,
    `not_client_id=${ID}`,
    `client_id=${ID.replace('4f0e', '1f0e')}`,
    `client_id=${ID.toUpperCase()}`,
    `client_id=forged; client_id=${ID}`,
  ])('finds none in %j', (header) => expect(clientIdOf(header)).toBeNull());

  it('reads a long header in one pass', () => {
    expect(clientIdOf(`${'; '.repeat(8_000)}client_id=${ID}`)).toBe(ID);
  });
});

describe('clientCookie', () => {
  it('says a year, HttpOnly, SameSite=Lax', () => {
    expect(clientCookie(ID, false)).toBe(`client_id=${ID}; Max-Age=31536000; HttpOnly; SameSite=Lax; Path=/`);
    expect(clientCookie(ID, true)).toMatch(/; Secure$/);
  });
});
