import { lookup as resolve } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import axios, { AxiosError, type AxiosInstance } from 'axios';
import type { AddressVetting } from './address-vetting.js';
import {
  type IncomingResponse,
  type OutgoingRequest,
  type PeerTransport,
  TransportError,
} from './core/transport.js';

export interface TransportLimits {
  /** For a whole exchange, from the name's resolution to the last byte of the answer. */
  exchangeMs: number;
  /** All addresses of a name. Rejects when it has none. */
  resolve(host: string): Promise<{ address: string; family: number }[]>;
}

const defaultLimits: TransportLimits = {
  exchangeMs: 15_000,
  resolve: (host) => resolve(host, { all: true, verbatim: true }),
};

/**
 * Requests to other nodes over http and https. A URL is only dialled at an address that was vetted: literals are
 * checked as they are (Node calls no `lookup` for them), names are resolved once and refused if any of their
 * addresses is not global, and the connected address is checked again. No redirects, no proxy, no compression, a
 * bound on bytes that is counted while they stream, and one clock over all of it.
 */
export class HttpTransport implements PeerTransport {
  private readonly client: AxiosInstance;

  constructor(
    private readonly vetting: AddressVetting,
    private readonly limits: TransportLimits = defaultLimits,
  ) {
    this.client = axios.create({
      httpAgent: vettedAgent(HttpAgent, vetting, limits),
      httpsAgent: vettedAgent(HttpsAgent, vetting, limits),
      maxRedirects: 0,
      decompress: false,
      proxy: false,
      responseType: 'arraybuffer',
      transformRequest: [],
      transformResponse: [],
      validateStatus: () => true,
    });
  }

  async send(request: OutgoingRequest): Promise<IncomingResponse> {
    const url = new URL(request.url);
    this.refuseLiteral(url);
    try {
      const response = await this.client.request<Buffer>({
        method: request.method,
        url: url.href,
        headers: { ...request.headers, 'accept-encoding': 'identity' },
        data: request.body === null ? undefined : Buffer.from(request.body),
        maxContentLength: request.responseBytesMax,
        maxBodyLength: Number.POSITIVE_INFINITY,
        signal: AbortSignal.timeout(this.limits.exchangeMs),
      });
      return answerOf(response.status, response.headers, response.data);
    } catch (error) {
      throw error instanceof TransportError ? error : new TransportError(this.reasonOf(error, url));
    }
  }

  private refuseLiteral(url: URL): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new TransportError('only http and https URLs are dialled');
    if (url.username || url.password) throw new TransportError('a URL with credentials is not dialled');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) refuseUnvetted(host, url.protocol, this.vetting);
  }

  /** In words that are safe to show: nothing of what the other side sent. */
  private reasonOf(error: unknown, url: URL): string {
    if (!(error instanceof AxiosError)) return `no answer from ${url.host}`;
    if (error.cause instanceof TransportError) return error.cause.message;
    if (error.code === 'ERR_CANCELED')
      return `${url.host} took longer than ${this.limits.exchangeMs / 1000} s`;
    if (error.code === 'ERR_BAD_RESPONSE') return `${url.host} sent more than was asked for, or broke off`;
    return `${url.host} could not be reached (${error.code ?? 'no reason given'})`;
  }
}

function refuseUnvetted(address: string, protocol: string, vetting: AddressVetting): void {
  const verdict = vetting.verdict(address);
  if (verdict === 'refused') {
    throw new TransportError(
      `${address} is not on the open internet; HEADCOUNT_ALLOW_PRIVATE_PEERS would have to allow it`,
    );
  }
  if (verdict === 'global' && protocol === 'http:') {
    throw new TransportError(
      `${address} is reached by plain http, which is only for addresses in HEADCOUNT_ALLOW_PRIVATE_PEERS`,
    );
  }
}

type AgentKind = typeof HttpAgent | typeof HttpsAgent;

function vettedAgent(Kind: AgentKind, vetting: AddressVetting, limits: TransportLimits): HttpAgent {
  const protocol = Kind === HttpsAgent ? 'https:' : 'http:';
  const agent = new Kind({
    keepAlive: false,
    lookup: vettedLookup(vetting, protocol, limits),
  } as ConstructorParameters<AgentKind>[0]);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback) as Socket;
    socket.once('connect', () => destroyUnvetted(socket, protocol, vetting));
    return socket;
  };
  return agent;
}

function destroyUnvetted(socket: Socket, protocol: string, vetting: AddressVetting): void {
  try {
    refuseUnvetted(socket.remoteAddress ?? '', protocol, vetting);
  } catch (error) {
    socket.destroy(error as Error);
  }
}

function vettedLookup(vetting: AddressVetting, protocol: string, limits: TransportLimits): LookupFunction {
  return (host, options, callback) => {
    limits
      .resolve(host)
      .then((addresses) => {
        for (const { address } of addresses) refuseUnvetted(address, protocol, vetting);
        const [first] = addresses;
        if (!first) throw new TransportError(`${host} has no address`);
        if (options.all) callback(null, [first]);
        else callback(null, first.address, first.family);
      })
      .catch((error: NodeJS.ErrnoException) => callback(error, '', 0));
  };
}

function answerOf(status: number, headers: object, body: Buffer): IncomingResponse {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') plain[name.toLowerCase()] = value;
  }
  if (plain['content-encoding'] !== undefined && plain['content-encoding'] !== 'identity') {
    throw new TransportError('the answer is compressed, which was not asked for');
  }
  return { status, headers: plain, body };
}
