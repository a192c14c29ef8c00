import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AccessKeyKind } from '../storage/access-key-store.js';
import { type AccessKeys, presentedKey } from './access-keys.js';
import { type LocalRequests, noteAsker } from './local-requests.js';
import { ProblemError } from './problem.js';
import { roleOpens, type Sessions } from './sessions.js';
import { ACCESS_KEYS, LOCAL_REQUESTS, SESSIONS } from './tokens.js';

/** Passes when the presented key opens that kind; else throws the problem that says why not. */
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

/** Who may pass: requests over the node's own socket, whoever presents a key, else whoever is signed in. */
@Injectable()
export class Admission {
  constructor(
    @Inject(ACCESS_KEYS) private readonly keys: AccessKeys,
    @Inject(SESSIONS) private readonly sessions: Sessions,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  /** Throws the problem that says why not. A key that is presented decides alone: no session helps a wrong one. */
  async demand(request: FastifyRequest, kind: AccessKeyKind): Promise<void> {
    if (this.local.isLocalRequest(request)) return;
    const key = presentedKey(request.headers);
    const signedIn = key !== undefined || kind === 'write' ? null : await this.sessions.of(request);
    if (signedIn === null) {
      await demandKey(this.keys, request, kind);
      if (key !== undefined) noteAsker(request, await this.keys.nameOf(key));
      return;
    }
    if (!roleOpens(signedIn.role, kind))
      throw new ProblemError(
        'forbidden',
        'Only an administrator may do this, and you are signed in as a viewer.',
      );
    noteAsker(request, `account ${signedIn.name}`);
  }
}
