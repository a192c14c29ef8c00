import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { ClientAddress } from '../http/client-address.js';
import { HitQueue, type QueueCounts, type QueueOptions } from './hit-queue.js';
import { type PathPattern, pathPattern } from './path-pattern.js';

/**
 * Counting for other people's servers: the GET requests of chosen paths, seen before any route answers them, go
 * to a Headcount node in batches. It never delays a request and never fails one, whatever the node does.
 *
 *   app.use(headcount({ url, writeKey, paths: ['/manifest.json', '/:config/manifest.json'] }))   Express, Nest
 *   app.register(headcountFastify, { url, writeKey, paths })                                     Fastify
 */
export interface HeadcountOptions extends QueueOptions {
  /** What counts: `/manifest.json`, `/:config/manifest.json`. The pattern is sent, never what stood for `:config`. */
  paths: readonly string[];
  /** Addresses and CIDRs of your own proxies, whose X-Forwarded-For is believed. None by default. */
  trustProxy?: readonly string[];
  /** Your own id of the user, where the node counts by it (`site-id`). Nothing for a request without one. */
  visitorOf?: (request: SiteRequest) => string | undefined;
}

/** What is read of a request: Node's own, Express's and Fastify's raw one are such. */
export interface SiteRequest {
  method?: string | undefined;
  url?: string | undefined;
  /** Express: the URL before a router cut off where it is mounted. */
  originalUrl?: string;
  headers: IncomingHttpHeaders;
  socket: { remoteAddress?: string | undefined };
}

export interface HeadcountMiddleware {
  (request: SiteRequest, response: unknown, next: () => void): void;
  /** Sends what waits. Never rejects. */
  flush(): Promise<void>;
  /** Before the process ends: sends what waits, then takes no more. Never rejects. */
  close(): Promise<void>;
  readonly counts: QueueCounts;
}

/** Throws TypeError or RangeError for options that cannot work; after that, nothing. */
export function headcount(options: HeadcountOptions): HeadcountMiddleware {
  const hits = new SiteHits(options);
  const middleware = (request: SiteRequest, _response: unknown, next: () => void): void => {
    hits.see(request);
    next();
  };
  return Object.defineProperties(middleware, {
    flush: { value: () => hits.queue.flush() },
    close: { value: () => hits.queue.close() },
    counts: { get: () => hits.queue.counts },
  }) as HeadcountMiddleware;
}

/** Registered on the root instance, it sees every route. Sends what waits when the server closes. */
export async function headcountFastify(instance: FastifyInstance, options: HeadcountOptions): Promise<void> {
  const hits = new SiteHits(options);
  instance.addHook('onRequest', (request, _reply, done) => {
    hits.see(request.raw);
    done();
  });
  instance.addHook('onClose', () => hits.queue.close());
}

// As `fastify-plugin` does: the hooks are for the whole server, not for an inner context.
Object.assign(headcountFastify, { [Symbol.for('skip-override')]: true });

const USER_AGENT_CHARS_MAX = 1_024;
/** Longer ids are not sent and not cut: two people must not become one. */
const VISITOR_CHARS_MAX = 256;

class SiteHits {
  readonly queue: HitQueue;
  private readonly paths: readonly PathPattern[];
  private readonly addresses: ClientAddress;
  private readonly visitorOf: HeadcountOptions['visitorOf'];

  constructor(options: HeadcountOptions) {
    this.queue = new HitQueue(options);
    this.paths = options.paths.map(pathPattern);
    if (this.paths.length === 0) throw new TypeError('paths is empty: nothing would be counted');
    this.addresses = new ClientAddress(options.trustProxy ?? []);
    this.visitorOf = options.visitorOf;
  }

  /** Never throws: a request must not fail because it could not be counted. */
  see(request: SiteRequest): void {
    try {
      if (request.method !== 'GET') return;
      const path = pathOf(request.originalUrl ?? request.url ?? '');
      const match = this.paths.find((candidate) => candidate.matches(path));
      if (match !== undefined) this.count(request, match.pattern);
    } catch {
      // Only the site's own visitorOf can throw; its request goes on.
    }
  }

  private count(request: SiteRequest, path: string): void {
    const { headers, socket } = request;
    const forwardedFor = headers['x-forwarded-for'];
    const address = this.addresses.of(
      socket.remoteAddress,
      typeof forwardedFor === 'string' ? forwardedFor : undefined,
    );
    if (address === null) return;
    const visitor = this.visitorOf?.(request);
    this.queue.add({
      at: new Date().toISOString(),
      address,
      userAgent: (headers['user-agent'] ?? '').slice(0, USER_AGENT_CHARS_MAX),
      path,
      ...(visitor && visitor.length <= VISITOR_CHARS_MAX ? { visitor } : {}),
      ...(headers.dnt === '1' || headers['sec-gpc'] === '1' ? { dnt: true } : {}),
    });
  }
}

function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
