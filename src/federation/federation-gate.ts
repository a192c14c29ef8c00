import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { ClosedConnections } from '../http/closed-connections.js';
import { FairTurns } from '../http/fair-turns.js';
import type { ServerLimits } from '../http/server-limits.js';
import { CONFIG, SERVER_LIMITS } from '../http/tokens.js';
import type { ReceivedRequest } from '../protocol/http-signature.js';
import { Refusal } from '../protocol/refusal.js';
import { StoreUnavailableError } from '../storage/count-store.js';
import { FederationNode } from './core/federation-node.js';
import { FEDERATION_TYPE } from './core/peer-calls.js';
import { FEDERATION_PREFIX, federationErrors } from './federation-errors.js';
import { refuseEarly } from './refuse-early.js';
import { UnsignedCalls } from './unsigned-calls.js';

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
  private readonly turns = new FairTurns();
  /** Calls of strangers that were counted before the framework saw them. */
  private readonly withinLimit = new WeakSet<IncomingMessage>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly node: FederationNode,
    private readonly unsigned: UnsignedCalls,
    private readonly closed: ClosedConnections,
    @Inject(SERVER_LIMITS) private readonly limits: ServerLimits,
    @Inject(CONFIG) config: Config,
  ) {
    this.base = new URL(config.publicUrl ?? 'http://localhost');
  }

  onModuleInit(): void {
    const instance = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    refuseEarly(instance.server, FEDERATION_PREFIX, {
      isStranger: ({ headers }) => !this.isKnown(headers),
      refusalOf: (raw) => this.refusalOfStranger(raw),
    });
    instance.addContentTypeParser(FEDERATION_TYPE, { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    instance.addHook('onRequest', async (request, reply) => {
      // The matched route and not the URL, which may be spelled in many ways.
      const route = request.routeOptions.url ?? '';
      if (!federationErrors.covers(route)) return;
      this.bound(request, reply);
      await this.turns.take();
      // Whoever is known here has limits of its own, and may share its address with others.
      if (!this.withinLimit.has(request.raw) && !this.isKnown(request.headers))
        await this.refusing(() => this.unsigned.take(request));
      if (route === JOIN) return this.refusing(() => demandType(request));
      // Whoever waits for a person may ask for the key meanwhile: what it may read and leave is another question.
      request.caller = await this.admitted(request, reply, route.startsWith(KEYS));
      await this.noteSeen(request.caller);
      await this.refusing(() => demandType(request));
    });
    // What the framework refuses of a body.
    instance.addHook('onError', async ({ routeOptions }, _reply, { statusCode }) => {
      const reason = federationErrors.reasons.get(statusCode ?? 0);
      if (reason && federationErrors.covers(routeOptions.url ?? '')) this.node.countRefusal(reason);
    });
    instance.addHook('onSend', async (request, _reply, payload) => {
      if (request.caller !== undefined && (typeof payload === 'string' || Buffer.isBuffer(payload)))
        this.node.gate.count(request.caller, payload.length);
    });
  }

  /** Null where its address may make one more such call. */
  private refusalOfStranger(raw: IncomingMessage): Refusal | null {
    if (this.unsigned.allows({ headers: raw.headers, raw })) {
      this.withinLimit.add(raw);
      return null;
    }
    const refusal = new Refusal('rate-limited');
    this.node.countRefusal(refusal.reason);
    return refusal;
  }

  private isKnown(headers: IncomingHttpHeaders): boolean {
    return this.node.gate.isKnown({ 'signature-input': single(headers['signature-input']) });
  }

  /** Where nothing can be written, totals are answered all the same. */
  private async noteSeen(caller: string): Promise<void> {
    try {
      await this.node.membership.noteSeen(caller);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  /** Resolves when it is the turn of what a peer asked for. */
  turn(): Promise<void> {
    return this.turns.take();
  }

  /** From its headers to the last byte of the answer, an exchange takes as long as it may, whatever the caller does. */
  private bound(request: FastifyRequest, reply: FastifyReply): void {
    const deadline = setTimeout(
      () => this.closed.drop(request.raw.socket, 'exchange-late'),
      this.limits.requestMs,
    ).unref();
    reply.raw.once('close', () => clearTimeout(deadline));
  }

  private admitted(request: FastifyRequest, reply: FastifyReply, isKeyRoute: boolean): Promise<string> {
    return this.refusing(async () => {
      const { gate } = this.node;
      const caller = await gate.admit(this.received(request));
      if (!isKeyRoute) this.node.refuseStrangers(caller);
      gate.begin(caller);
      reply.raw.once('close', () => gate.end(caller));
      return caller;
    });
  }

  private async refusing<T>(check: () => T): Promise<Awaited<T>> {
    try {
      return await check();
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

/** Other routes read other types, so the framework would. Throws Refusal `unsupported-media-type`. */
function demandType({ method, headers }: FastifyRequest): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (method !== 'GET' && type !== undefined && type !== FEDERATION_TYPE)
    throw new Refusal('unsupported-media-type');
}

function pathOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '/';
  const queryAt = url.indexOf('?');
  return queryAt === -1 ? url : url.slice(0, queryAt);
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
