import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import type { AccessKeys } from '../http/access-keys.js';
import type { LocalRequests } from '../http/local-requests.js';
import { demandKey } from '../http/require-key.js';
import { ACCESS_KEYS, CONFIG, LOCAL_REQUESTS } from '../http/tokens.js';

/** Counts are open to everyone, unless the operator closed them: then they need a read key. */
@Injectable()
export class OpenCountsGuard implements CanActivate {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ACCESS_KEYS) private readonly keys: AccessKeys,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.config.publicCounts) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!this.local.isLocalRequest(request)) await demandKey(this.keys, request, 'read');
    return true;
  }
}
