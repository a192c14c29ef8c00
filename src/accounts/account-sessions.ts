import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { ClientAddress } from '../http/client-address.js';
import { OwnOrigin } from '../http/own-origin.js';
import { ProblemError } from '../http/problem.js';
import type { Sessions, SignedIn } from '../http/sessions.js';
import { CLOCK, CONFIG, RECORDS } from '../http/tokens.js';
import type { Account } from '../storage/account-store.js';
import type { Records } from '../storage/records.js';
import type { Session } from '../storage/session-store.js';
import { readCookie, setCookie } from './cookies.js';
import { deviceName } from './device-name.js';
import { networkOf } from './network-of.js';
import { hashOfToken, pageProofOf, randomToken, TOKEN } from './secret-text.js';

const COOKIE = 'headcount_session';
const DAY_MS = 86_400_000;
/** Whoever comes back every day stays signed in for two weeks. */
const IDLE_MS = DAY_MS;
const ABSOLUTE_MS = 14 * DAY_MS;
/** Last use is good to the minute; a write for each request would be a write too many. */
const TOUCH_STEP_MS = 60_000;
/** The oldest ends when one more begins. */
const SESSIONS_MAX = 20;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
export const PROOF_HEADER = 'x-headcount-proof';

/** A session as it came with a request. */
export interface CurrentSession extends SignedIn {
  account: Account;
  session: Session;
  /** What the page sends back in `X-Headcount-Proof` when it changes something. */
  proof: string;
}

/** Who is signed in, in which browsers. */
@Injectable()
export class AccountSessions implements Sessions {
  private readonly origin: OwnOrigin;
  private readonly addresses: ClientAddress;

  constructor(
    @Inject(RECORDS) private readonly records: Pick<Records, 'accounts' | 'sessions'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: Pick<Config, 'publicUrl' | 'trustProxy'>,
  ) {
    this.origin = new OwnOrigin(config);
    this.addresses = new ClientAddress(config.trustProxy);
  }

  async of(request: FastifyRequest): Promise<CurrentSession | null> {
    const token = readCookie(request, COOKIE, this.origin.isHttps(request));
    if (token === undefined || !TOKEN.test(token)) return null;
    const session = await this.live(hashOfToken(token));
    const account = session && (await this.records.accounts.find(session.accountId));
    if (!session || !account) return null;
    const proof = pageProofOf(token);
    if (!SAFE_METHODS.has(request.method)) this.demandProof(request, proof);
    await this.touch(session, request);
    const { name, role } = account;
    return { name, role, account, session, proof };
  }

  /** Throws the problem `other-site` unless a page of this node sent the request. */
  demandOwnPage(request: FastifyRequest): void {
    if (this.origin.isOwnPage(request)) return;
    throw new ProblemError(
      'other-site',
      'Send it from a page of this node. Behind a proxy, set HEADCOUNT_PUBLIC_URL to the address that browsers see.',
    );
  }

  /** Begins a session under a new id, and ends the one that came along. Answers the proof of its pages. */
  async begin(account: Account, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { sessions } = this.records;
    const nowMs = this.clock.nowMs();
    const isHttps = this.origin.isHttps(request);
    const former = readCookie(request, COOKIE, isHttps);
    if (former !== undefined) await sessions.remove(hashOfToken(former));
    await sessions.prune({ createdAtMs: nowMs - ABSOLUTE_MS, lastUsedAtMs: nowMs - IDLE_MS });
    const others = await sessions.listOf(account.id);
    for (const { hash } of others.slice(SESSIONS_MAX - 1)) await sessions.remove(hash);
    const token = randomToken();
    await sessions.add({
      ...{ hash: hashOfToken(token), accountId: account.id, createdAtMs: nowMs, lastUsedAtMs: nowMs },
      ...{ device: deviceName(request.headers['user-agent']), network: this.networkOf(request) },
    });
    setCookie(reply, COOKIE, token, { isHttps, maxAgeS: ABSOLUTE_MS / 1000 });
    return pageProofOf(token);
  }

  async end({ session }: CurrentSession, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.records.sessions.remove(session.hash);
    setCookie(reply, COOKIE, '', { isHttps: this.origin.isHttps(request), maxAgeS: 0 });
  }

  listOf({ id }: Account): Promise<Session[]> {
    return this.records.sessions.listOf(id);
  }

  /** Ends a session of that account; false when it has none of that hash. */
  async endOf(account: Account, hash: string): Promise<boolean> {
    const isListed = (await this.listOf(account)).some((session) => session.hash === hash);
    if (isListed) await this.records.sessions.remove(hash);
    return isListed;
  }

  async endOthers({ account, session }: CurrentSession): Promise<void> {
    await this.records.sessions.removeOf(account.id, session.hash);
  }

  isHttps(request: FastifyRequest): boolean {
    return this.origin.isHttps(request);
  }

  networkOf(request: FastifyRequest): string | null {
    return networkOf(this.addresses.ofRequest(request));
  }

  /** When a session ends by itself, if it is not used any more. */
  endsAtMs({ createdAtMs, lastUsedAtMs }: Session): number {
    return Math.min(createdAtMs + ABSOLUTE_MS, lastUsedAtMs + IDLE_MS);
  }

  private async live(hash: string): Promise<Session | null> {
    const session = await this.records.sessions.find(hash);
    if (session === null || this.endsAtMs(session) > this.clock.nowMs()) return session;
    await this.records.sessions.remove(hash);
    return null;
  }

  private demandProof(request: FastifyRequest, proof: string): void {
    this.demandOwnPage(request);
    const shown = request.headers[PROOF_HEADER];
    const isRight =
      typeof shown === 'string' &&
      shown.length === proof.length &&
      timingSafeEqual(Buffer.from(hashOfToken(shown)), Buffer.from(hashOfToken(proof)));
    if (isRight) return;
    throw new ProblemError(
      'other-site',
      `Send the proof of GET /v1/session in the header ${PROOF_HEADER}; it changes when you sign in.`,
    );
  }

  private async touch({ hash, lastUsedAtMs }: Session, request: FastifyRequest): Promise<void> {
    const nowMs = this.clock.nowMs();
    if (nowMs - lastUsedAtMs < TOUCH_STEP_MS) return;
    const use = { lastUsedAtMs: nowMs, network: this.networkOf(request) };
    await this.records.sessions.touch(hash, use);
  }
}
