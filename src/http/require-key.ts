import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { AccessKeyKind } from '../storage/access-key-store.js';
import { Admission } from './admission.js';

const KEY_KIND = 'headcount:key-kind';

@Injectable()
class AccessKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const kind = this.reflector.getAllAndOverride<AccessKeyKind>(KEY_KIND, [
      context.getHandler(),
      context.getClass(),
    ]);
    await this.admission.demand(request, kind);
    return true;
  }
}

/**
 * On a controller or a route: only with a key that opens that kind, over the node's own socket, or signed in as somebody
 * whose role opens it.
 */
export function RequireKey(kind: AccessKeyKind): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(KEY_KIND, kind), UseGuards(AccessKeyGuard));
}
