import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { AccessKeyKind } from '../storage/access-key-store.js';
import { type AccessKeys, presentedKey } from './access-keys.js';
import type { LocalRequests } from './local-requests.js';
import { ProblemError } from './problem.js';
import { ACCESS_KEYS, LOCAL_REQUESTS } from './tokens.js';

const KEY_KIND = 'headcount:key-kind';

/** Passes when the presented key is of that kind or an admin's; else throws the problem that says why not. */
export async function demandKey(
  keys: AccessKeys,
  request: FastifyRequest,
  kind: AccessKeyKind,
): Promise<void> {
  const verdict = await keys.authorise(presentedKey(request.headers), kind);
  if (verdict === 'ok') return;
  if (verdict === 'missing') {
    throw new ProblemError(
      'key-missing',
      `Send ${kind === 'admin' ? 'an' : 'a'} ${kind} key: "Authorization: Bearer hc_${kind}_…".`,
    );
  }
  if (verdict === 'unknown') throw new ProblemError('key-unknown', 'The key is wrong or was revoked.');
  throw new ProblemError('key-wrong-kind', `This needs a ${kind} key or an admin key.`);
}

@Injectable()
class AccessKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(ACCESS_KEYS) private readonly keys: AccessKeys,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.local.isLocalRequest(request)) return true;
    const kind = this.reflector.getAllAndOverride<AccessKeyKind>(KEY_KIND, [
      context.getHandler(),
      context.getClass(),
    ]);
    await demandKey(this.keys, request, kind);
    return true;
  }
}

/** On a controller or a route: only with a key of that kind, an admin key, or over the node's own socket. */
export function RequireKey(kind: AccessKeyKind): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(KEY_KIND, kind), UseGuards(AccessKeyGuard));
}
