import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { type AccessKeys, presentedKey } from '../http/access-keys.js';
import { type AddressedRequest, ClientAddress, callerOf } from '../http/client-address.js';
import { ProblemError } from '../http/problem.js';
import { RateLimit } from '../http/rate-limit.js';
import { ACCESS_KEYS, CLOCK, CONFIG } from '../http/tokens.js';
import { clientCookie, clientIdOf } from './client-cookie.js';
import type { Outcome } from './drop-reason.js';
import { TrackingService } from './tracking.service.js';

export interface HitOptions {
  /** The site's own id of its user, vouched for by a write key. */
  visitor: string | null;
  /** The person said no. */
  refused: boolean;
  /** Count programs too: the entrance is made for them. */
  countPrograms: boolean;
  /** Hand out the client cookie whatever the scheme. */
  giveCookie: boolean;
}

/** Where a cookie is put. A Fastify reply is one. */
export interface CookieTaker {
  header(name: 'set-cookie', value: string): unknown;
}

type BrowserConfig = Pick<Config, 'hitsPerMinute' | 'visitor' | 'publicUrl'>;

/** One hit that comes from the visitor's own browser: its address, agent, cookie and wishes are in the request. */
@Injectable()
export class BrowserHits {
  private readonly isCookieScheme: boolean;
  private readonly isSecure: boolean;

  constructor(
    @Inject(CONFIG) private readonly config: BrowserConfig,
    @Inject(ACCESS_KEYS) private readonly keys: AccessKeys,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly addresses: ClientAddress,
    private readonly rate: RateLimit,
    private readonly tracking: TrackingService,
  ) {
    this.isCookieScheme = config.visitor === 'cookie';
    this.isSecure = config.publicUrl?.startsWith('https:') ?? false;
  }

  /**
   * Counts the hit; durable when it resolves. Gives the browser a client cookie where the visitor is to be told by
   * it. Rejects with ProblemError `rate-limited` and with StoreUnavailableError.
   */
  async count(request: AddressedRequest, reply: CookieTaker, options: HitOptions): Promise<Outcome> {
    const { headers } = request;
    const atMs = this.clock.nowMs();
    const address = this.addresses.ofRequest(request);
    if (!this.rate.allows(callerOf(address ?? ''), atMs)) await this.demandTrust(request, atMs);
    if (options.refused) return this.refuse(atMs);
    const wantsCookie = options.giveCookie || this.isCookieScheme;
    const kept = wantsCookie ? clientIdOf(headers.cookie) : null;
    const given = wantsCookie && kept === null && keepsCookie(request) ? randomUUID() : null;
    const outcome = await this.tracking.count(
      {
        address,
        userAgent: headers['user-agent'] ?? '',
        cookie: kept ?? given,
        siteId: options.visitor,
        doNotTrack: headers.dnt === '1' || headers['sec-gpc'] === '1',
        atMs,
      },
      options.countPrograms,
    );
    if (given !== null && outcome === 'counted')
      reply.header('set-cookie', clientCookie(given, this.isSecure));
    return outcome;
  }

  private refuse(atMs: number): Outcome {
    this.tracking.drop('no-consent', atMs);
    return 'no-consent';
  }

  /** A site's own server sends for many visitors; it shows its key instead of waiting. */
  private async demandTrust(request: AddressedRequest, atMs: number): Promise<void> {
    if ((await this.keys.authorise(presentedKey(request.headers), 'write')) === 'ok') return;
    this.tracking.drop('rate-limited', atMs);
    throw new ProblemError('rate-limited', 'Your address sends more hits a minute than are counted.', {
      limit: this.config.hitsPerMinute,
      retryAfterS: this.rate.retryAfterS(atMs),
    });
  }
}

/**
 * A browser keeps no SameSite=Lax cookie from a request that another site's page makes in the background: giving
 * one there would make every hit a new visitor. Browsers say so in Sec-Fetch-Site; programs do not send it.
 */
function keepsCookie(request: AddressedRequest): boolean {
  return request.headers['sec-fetch-site'] !== 'cross-site';
}
