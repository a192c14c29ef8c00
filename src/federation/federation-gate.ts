import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { CONFIG } from '../http/tokens.js';
import type { ReceivedRequest } from '../protocol/http-signature.js';
import { Refusal } from '../protocol/refusal.js';
import { FederationNode } from './core/federation-node.js';
import { FEDERATION_TYPE } from './core/peer-calls.js';

const PREFIX = '/federation/v1/';
const JOIN = '/federation/v1/join';
const KEYS = '/federation/v1/keys/';
const SIGNED_HEADERS = ['signature', 'signature-input', 'content-type', 'content-digest'] as const;

declare module 'fastify' {
  interface FastifyRequest {
    /** Node id of the peer whose signature was checked. */
    caller?: string;
  }
}

/**
 * Checks who is calling, and that it is a member, before the body is read. A request to join brings its key in the body, so its signature is
 * checked by the controller.
 */
@Injectable()
export class FederationGate implements OnModuleInit {
  private readonly base: URL;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly node: FederationNode,
    @Inject(CONFIG) config: Config,
  ) {
    this.base = new URL(config.publicUrl ?? 'http://localhost');
  }

  onModuleInit(): void {
    const instance = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    instance.addContentTypeParser(FEDERATION_TYPE, { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    instance.addHook('onRequest', async (request) => {
      // The matched route and not the URL, which may be spelled in many ways.
      const route = request.routeOptions.url ?? '';
      if (!route.startsWith(PREFIX) || route === JOIN) return;
      // Whoever waits for a person may ask for the key meanwhile: what it may read and leave is another question.
      request.caller = this.admitted(request, route.startsWith(KEYS));
      await this.node.membership.noteSeen(request.caller);
    });
  }

  private admitted(request: FastifyRequest, isKeyRoute: boolean): string {
    try {
      const caller = this.node.gate.admit(this.received(request));
      if (!isKeyRoute) this.node.refuseStrangers(caller);
      return caller;
    } catch (error) {
      if (error instanceof Refusal) this.node.countRefusal(error.reason);
      throw error;
    }
  }

  /**
   * The request as its sender signed it: for our configured URL, base path included, whatever a proxy in front made
   * of host and path.
   */
  received(request: FastifyRequest): ReceivedRequest {
    const url = request.raw.url ?? '/';
    const queryAt = url.indexOf('?');
    const basePath = this.base.pathname.replace(/\/$/, '');
    const path = pathOf(request);
    const headers: Record<string, string | undefined> = {};
    for (const name of SIGNED_HEADERS) headers[name] = single(request.headers[name]);
    return {
      method: request.method,
      authority: this.base.host,
      path: basePath !== '' && path.startsWith(`${basePath}/`) ? path : `${basePath}${path}`,
      query: queryAt === -1 ? '?' : url.slice(queryAt),
      headers,
    };
  }
}

function pathOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '/';
  const queryAt = url.indexOf('?');
  return queryAt === -1 ? url : url.slice(0, queryAt);
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
