import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The most bytes this route reads; more is answered 413. Set with `@RouteConfig({ bodyLimitBytes })`. */
    bodyLimitBytes?: number;
  }
}

type Parsed = (error: Error | null, body?: unknown) => void;

/**
 * What the node reads: JSON, and text for callers that must not ask first (sendBeacon) or that name a form and
 * send nothing (`curl -d ''`). An empty body is no body, whatever type it claims: the earlier systems' callers
 * send `Content-Type: application/json` with nothing in it.
 *
 * Call it on the bare Fastify instance, with Nest's own parsers off (`bodyParser: false`).
 */
export function registerBodyParsers(instance: FastifyInstance): void {
  // Refuses `__proto__` and `constructor` keys, like Fastify's own.
  const parseJson = instance.getDefaultJsonParser('error', 'error');
  instance.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    (request: FastifyRequest, body: string, done: Parsed) => {
      if (body === '') done(null, undefined);
      else parseJson(request, body, done);
    },
  );
  instance.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body === '' ? undefined : body),
  );
  instance.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) =>
      done(body === '' ? null : new fastify.errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE()),
  );
  instance.addHook('onRoute', (route) => {
    if (route.config?.bodyLimitBytes !== undefined) route.bodyLimit = route.config.bodyLimitBytes;
  });
}
