import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemError } from '../http/problem.js';
import { batchSchema, hitSchema, isPlainBatch, isPlainHit, readBatchBody, readHitBody } from './hit-body.js';

function problemOf(read: () => unknown) {
  try {
    read();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Mostly right, sometimes wrong, in every field. */
const text = fc.oneof(
  fc.string(),
  fc.constant('x'.repeat(2_048)),
  fc.constant('x'.repeat(2_049)),
  fc.constant(''),
);
const wrong = fc.oneof(fc.integer(), fc.constant(null), fc.constant([]), fc.boolean(), text);
const some = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: wrong });
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const page = { path: some(text), referrer: some(text), visitor: some(text) };
const strange = { colour: fc.string(), ['__proto__']: fc.constant({}), constructor: fc.constant(1) };
const hit = fc.record({ ...page, consent: some(fc.boolean()), ...strange }, { requiredKeys: [] });
const entry = fc.record(
  {
    ...page,
    at: some(instant),
    address: some(fc.oneof(fc.ipV4(), fc.ipV6())),
    userAgent: some(text),
    dnt: some(fc.boolean()),
  },
  { requiredKeys: ['address', 'userAgent'] },
);
const batch = fc.record({ hits: some(fc.array(entry, { maxLength: 3 })) });
const anything = fc.oneof(fc.anything({ withNullPrototype: false }), wrong);

describe('readHitBody', () => {
  it('takes nothing for an empty hit', () => {
    expect(readHitBody(undefined)).toEqual({});
    expect(readHitBody({})).toEqual({});
  });

  it('takes every field', () => {
    const body = { path: '/a', referrer: 'https://b.example/', visitor: 'u1', consent: true };
    expect(readHitBody(body)).toEqual(body);
  });

  it.each([
    [null, undefined],
    [[], undefined],
    ['/a', undefined],
    [{ path: 1 }, 'path'],
    [{ path: 'x'.repeat(2_049) }, 'path'],
    [{ visitor: '' }, 'visitor'],
    [{ consent: 'yes' }, 'consent'],
    [{ colour: 'red' }, 'colour'],
    [JSON.parse('{"__proto__":{"path":"/"}}'), '__proto__'],
  ])('refuses %j', (body, field) => {
    const problem = problemOf(() => readHitBody(body));
    expect(problem.status).toBe(400);
    expect(problem.field).toBe(field);
  });

  it('has one set of rules: by hand as by schema', () => {
    fc.assert(
      fc.property(fc.oneof(hit, anything), (body) => {
        expect(isPlainHit(body)).toBe(hitSchema.safeParse(body).success);
      }),
      { numRuns: 500 },
    );
  });
});

describe('readBatchBody', () => {
  const right = { address: '203.0.113.9', userAgent: 'Mozilla/5.0' };

  it('takes rare dates that the quick check leaves to the schema', () => {
    const hits = [{ ...right, at: '2024-02-29T10:00:00Z' }];
    expect(isPlainBatch({ hits })).toBe(false);
    expect(readBatchBody({ hits })).toEqual(hits);
  });

  it.each([
    [{ at: '2025-02-29T10:00:00Z' }, 'hits[1].at'],
    [{ at: '2025-02-28 10:00:00' }, 'hits[1].at'],
    [{ at: '2025-02-28T10:00:00+01:00' }, 'hits[1].at'],
    [{ at: 1_795_305_600_000 }, 'hits[1].at'],
    [{ address: 'localhost' }, 'hits[1].address'],
    [{ address: '1.2.3' }, 'hits[1].address'],
    [{ address: undefined }, 'hits[1].address'],
    [{ userAgent: null }, 'hits[1].userAgent'],
    [{ userAgent: 'x'.repeat(1_025) }, 'hits[1].userAgent'],
    [{ dnt: '1' }, 'hits[1].dnt'],
    [{ cookie: 'x' }, 'hits[1].cookie'],
  ])('refuses the whole batch for %j', (change, field) => {
    const problem = problemOf(() => readBatchBody({ hits: [right, { ...right, ...change }] }));
    expect(problem).toMatchObject({ status: 400, field });
  });

  it('bounds the batch', () => {
    expect(readBatchBody({ hits: Array(500).fill(right) })).toHaveLength(500);
    expect(problemOf(() => readBatchBody({ hits: Array(501).fill(right) }))).toMatchObject({
      field: 'hits',
      limit: 500,
    });
    expect(problemOf(() => readBatchBody({}))).toMatchObject({ field: 'hits' });
    expect(problemOf(() => readBatchBody({ hits: [], more: 1 }))).toMatchObject({ field: 'more' });
  });

  it('takes by hand only what the schema takes, and nearly all of that', () => {
    fc.assert(
      fc.property(fc.oneof(batch, anything), (body) => {
        const bySchema = batchSchema.safeParse(body);
        const rare = JSON.stringify(body)?.match(/-(29|30|31)T|"19|"20[^"]{30}/) != null;
        if (isPlainBatch(body)) expect(bySchema.success).toBe(true);
        else if (!rare) expect(bySchema.success).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
