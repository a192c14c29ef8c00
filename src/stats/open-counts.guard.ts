import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { Admission } from '../http/admission.js';
import { CONFIG } from '../http/tokens.js';

/** Counts are open to everyone, unless the operator closed them: then to whoever may see the overview. */
@Injectable()
export class OpenCountsGuard implements CanActivate {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.config.publicCounts) {
      await this.admission.demand(context.switchToHttp().getRequest<FastifyRequest>(), 'overview');
    }
    return true;
  }
}
