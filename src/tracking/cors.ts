import type { FastifyReply, FastifyRequest } from 'fastify';

const ORIGIN = 'access-control-allow-origin';

/**
 * Who may call from a page of another site: everyone without credentials, the configured origins with (scheme
 * `cookie` needs them). Set by hand, as a plugin would run for every route of the node.
 */
export class CrossOrigin {
  private readonly origins: ReadonlySet<string>;

  constructor(corsOrigins: readonly string[]) {
    this.origins = new Set(corsOrigins.map((url) => new URL(url).origin));
  }

  allow(request: FastifyRequest, reply: FastifyReply): void {
    if (this.origins.size === 0) {
      reply.header(ORIGIN, '*');
      return;
    }
    const { origin } = request.headers;
    reply.header('vary', 'origin');
    if (origin === undefined || !this.origins.has(origin)) reply.header(ORIGIN, '*');
    else reply.header(ORIGIN, origin).header('access-control-allow-credentials', 'true');
  }

  /** The answer to a preflight. */
  answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
    this.allow(request, reply);
    reply
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', 'content-type, authorization, x-api-key')
      .header('access-control-max-age', '86400')
      .code(204)
      .send();
  }
}
