import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Loaded, loadedFrom } from './loaded.js';

const KNOWN: Loaded<object> = { value: { people: 3 }, failure: null };

function answer(status: number, body: object, type = 'application/problem+json; charset=utf-8'): void {
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(
      async () => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } }),
    );
}

const problem = (kind: string) => ({ type: `urn:headcount:problem:${kind}` });

describe('what a panel knows', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is the newest answer', async () => {
    answer(200, { people: 4 }, 'application/json');
    expect(await loadedFrom('/a', KNOWN)).toEqual({ value: { people: 4 }, failure: null });
  });

  it.each([
    ['is stopping', 503, problem('stopping'), undefined],
    ['has no store', 503, problem('store-unavailable'), undefined],
    ['is answered for by a proxy', 502, {}, 'text/html'],
    ['is closed by a proxy', 403, {}, 'text/html'],
  ])('is what it knew before while the node %s: it is away', async (_name, status, body, type) => {
    answer(status, body, type);
    expect(await loadedFrom('/a', KNOWN)).toEqual({ value: KNOWN.value, failure: { status: null } });
  });

  it('is that there is no total yet', async () => {
    answer(503, problem('no-total'));
    expect(await loadedFrom('/a', KNOWN)).toEqual({ value: KNOWN.value, failure: { status: 503 } });
  });

  it('is nothing any longer once it is closed', async () => {
    answer(401, problem('key-missing'));
    expect(await loadedFrom('/a', KNOWN)).toEqual({ value: null, failure: { status: 401 } });
  });
});
