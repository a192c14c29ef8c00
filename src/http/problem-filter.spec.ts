import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpException, Inject, Module, Post, Query } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import * as z from 'zod';
import { StoreUnavailableError } from '../storage/count-store.js';
import { registerBodyParsers } from './body-parsers.js';
import { ProblemError } from './problem.js';
import { ProblemFilter } from './problem-filter.js';
import { ZodPipe } from './zod-problem.js';

const bodySchema = z.strictObject({ hits: z.array(z.strictObject({ at: z.string().max(5) })).max(2) });
const ERROR_TO_THROW = Symbol('error');

@Controller()
class FailingController {
  constructor(@Inject(ERROR_TO_THROW) private readonly error: { current: unknown }) {}

  @Get(['fails', 'old/fails'])
  fails(): never {
    throw this.error.current;
  }

  @Post(['reads', 'old/reads'])
  @RouteConfig({ bodyLimitBytes: 200 })
  reads(@Body(new ZodPipe(bodySchema)) body: unknown): unknown {
    return body;
  }

  @Get('asks')
  asks(
    @Query(new ZodPipe(z.strictObject({ days: z.coerce.number().max(400).optional() }))) query: unknown,
  ): unknown {
    return query;
  }
}

const thrown: { current: unknown } = { current: null };

@Module({ controllers: [FailingController], providers: [{ provide: ERROR_TO_THROW, useValue: thrown }] })
class FailingModule {}

describe('ProblemFilter', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [FailingModule] }).compile();
    const filter = new ProblemFilter([
      {
        covers: (path) => path.startsWith('/old/'),
        body: (problem) => ({ error: problem.detail }),
        headers: { 'access-control-allow-origin': '*' },
      },
    ]);
    const adapter = new FastifyAdapter({ frameworkErrors: filter.answer.bind(filter) });
    registerBodyParsers(adapter.getInstance());
    app = module.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false, logger: false });
    app.useGlobalFilters(filter);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });

  afterAll(() => app.close());

  const answer = async (error: unknown, url = '/fails') => {
    thrown.current = error;
    return app.inject({ method: 'GET', url });
  };
  const post = (payload: string, contentType = 'application/json', url = '/reads') =>
    app.inject({ method: 'POST', url, payload, headers: { 'content-type': contentType } });

  it('answers a thrown problem as a problem document', async () => {
    const response = await answer(new ProblemError('rate-limited', 'Wait.', { retryAfterS: 7, limit: 600 }));
    expect(response.statusCode).toBe(429);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.headers['retry-after']).toBe('7');
    expect(response.json()).toEqual({
      type: 'urn:headcount:problem:rate-limited',
      title: 'Too many requests',
      status: 429,
      detail: 'Wait.',
      limit: 600,
    });
  });

  it('answers 503 with Retry-After when the store is away, without its reason', async () => {
    const response = await answer(new StoreUnavailableError('SQLITE_FULL at /var/lib/x.db'));
    expect(response.statusCode).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.body).not.toContain('SQLITE');
  });

  it('answers 401 with the scheme to use', async () => {
    const response = await answer(new ProblemError('key-missing', 'Send a key.'));
    expect(response.headers['www-authenticate']).toContain('Bearer');
  });

  it('tells nothing of an unexpected error', async () => {
    for (const error of [new TypeError('secret path /etc/x'), 'secret text', null]) {
      const response = await answer(error);
      expect(response.statusCode).toBe(500);
      expect(response.body).not.toContain('secret');
      expect(response.json()).toMatchObject({ type: 'urn:headcount:problem:internal', status: 500 });
    }
  });

  it('keeps the status of an exception of the framework', async () => {
    const response = await answer(new HttpException('Gone for good.', 410));
    expect(response.json()).toEqual({
      type: 'about:blank',
      title: 'Gone',
      status: 410,
      detail: 'Gone for good.',
    });
  });

  it('answers an unknown route with a problem', async () => {
    const response = await app.inject({ method: 'GET', url: '/nowhere' });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ type: 'urn:headcount:problem:not-found' });
  });

  it('answers malformed URLs with a problem', async () => {
    const response = await app.inject({ method: 'GET', url: '/%zz' });
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['{', '{"hits":[]} x', '{"__proto__":{}}', '\u0000'])(
    'refuses the body %j as no JSON',
    async (payload) => {
      const response = await post(payload);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ type: 'urn:headcount:problem:malformed-json' });
    },
  );

  it('refuses a body over the limit of the route and names the limit', async () => {
    const response = await post(JSON.stringify({ hits: [], pad: 'x'.repeat(300) }));
    expect(response.statusCode).toBe(413);
    expect(response.json()).toMatchObject({ type: 'urn:headcount:problem:body-too-large', limit: 200 });
  });

  it('refuses a content type that nothing reads', async () => {
    const response = await post('<hits/>', 'application/xml');
    expect(response.statusCode).toBe(415);
  });

  it('names the field and the limit', async () => {
    const long = await post(JSON.stringify({ hits: [{ at: '1' }, { at: '123456' }] }));
    expect(long.statusCode).toBe(400);
    expect(long.json()).toMatchObject({
      type: 'urn:headcount:problem:invalid-field',
      field: 'hits[1].at',
      limit: 5,
    });
    const many = await post(JSON.stringify({ hits: [{ at: '' }, { at: '' }, { at: '' }] }));
    expect(many.json()).toMatchObject({ field: 'hits', limit: 2 });
    const none = await post('');
    expect(none.statusCode).toBe(400);
    const query = await app.inject({ method: 'GET', url: '/asks?days=401' });
    expect(query.json()).toMatchObject({ field: 'days', limit: 400 });
  });

  it('refuses unknown fields by name', async () => {
    const response = await post(JSON.stringify({ hits: [{ at: '1', colour: 'red' }] }));
    expect(response.json()).toMatchObject({
      type: 'urn:headcount:problem:unknown-field',
      field: 'hits[0].colour',
    });
  });

  it('does not send a long name back', async () => {
    const response = await post(JSON.stringify({ hits: [], ['x'.repeat(150)]: 1 }));
    expect(response.statusCode).toBe(400);
    expect(String(response.json().field).length).toBeLessThan(110);
  });

  it('answers in the style of the path, for errors of the parser too', async () => {
    const response = await post('{', 'application/json', '/old/reads?x=1');
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.headers['access-control-allow-origin']).toBe('*');
    expect(response.json()).toEqual({ error: 'The body must be one JSON document.' });
    expect((await answer(new Error('x'), '/old/fails')).json()).toEqual({ error: 'The error was logged.' });
  });
});
