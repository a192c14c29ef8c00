import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Observable } from 'rxjs';
import type { Config } from '../config/config.js';
import { CONFIG } from '../http/tokens.js';

/** Figures that are closed are for who asked: no cache in between may give them to the next one. */
@Injectable()
export class PrivateWhenClosed implements NestInterceptor {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!this.config.publicCounts) {
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      reply.header('cache-control', 'private, no-cache').header('vary', 'authorization, x-api-key, cookie');
    }
    return next.handle();
  }
}
