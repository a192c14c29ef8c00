import { Controller, Get, Global, Module, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { InjectOptions } from 'fastify';
import { Accounts } from '../../src/accounts/accounts.js';
import { AccountsModule } from '../../src/accounts/accounts.module.js';
import { PasswordHashes } from '../../src/accounts/password-hashes.js';
import { SetUp } from '../../src/accounts/set-up.js';
import { ManualClock } from '../../src/clock/clock.js';
import { StoredAccessKeys } from '../../src/http/access-keys.js';
import { Admission } from '../../src/http/admission.js';
import { registerBodyParsers } from '../../src/http/body-parsers.js';
import { LocalSockets } from '../../src/http/local-requests.js';
import { ProblemFilter } from '../../src/http/problem-filter.js';
import { RequireKey } from '../../src/http/require-key.js';
import * as tokens from '../../src/http/tokens.js';
import type { AccountRole } from '../../src/storage/account-store.js';
import { MemoryRecords } from '../../src/storage/memory/memory-records.js';

export const ADMIN_KEY = 'hc_admin_for-the-tests';
export const NOON_MS = Date.parse('2026-11-22T12:00:00Z');
export const PASSWORD = 'correct horse battery';
const HOST = 'node.test:3000';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

@Controller('probe')
class ProbeController {
  @Get('overview')
  @RequireKey('overview')
  overview(): object {
    return { opened: 'overview' };
  }

  @Get('read')
  @RequireKey('read')
  read(): object {
    return { opened: 'read' };
  }

  @Get('admin')
  @RequireKey('admin')
  admin(): object {
    return { opened: 'admin' };
  }

  @Post('admin')
  @RequireKey('admin')
  change(): object {
    return { opened: 'admin' };
  }

  @Post('write')
  @RequireKey('write')
  write(): object {
    return { opened: 'write' };
  }
}

interface AppConfig {
  publicUrl: string | null;
  trustProxy: string[];
}

/** Everything of accounts in memory, with a clock that stands still, and routes that each need another right. */
export interface AccountsApp {
  app: NestFastifyApplication;
  records: MemoryRecords;
  clock: ManualClock;
  accounts: Accounts;
  setUp: SetUp;
  /** A browser of its own, at an address of its own. */
  browser(address?: string): Browser;
  /** An account with the password of the tests. */
  addAccount(name: string, role?: AccountRole): Promise<void>;
}

export async function startAccountsApp(changes: Partial<AppConfig> = {}): Promise<AccountsApp> {
  const clock = new ManualClock(NOON_MS);
  const records = new MemoryRecords();
  const keys = new StoredAccessKeys(records.accessKeys, clock, { adminKey: ADMIN_KEY, writeKey: null });
  const providers = [
    { provide: tokens.CONFIG, useValue: { publicUrl: null, trustProxy: [], ...changes } },
    { provide: tokens.CLOCK, useValue: clock },
    { provide: tokens.RECORDS, useValue: records },
    { provide: tokens.ACCESS_KEYS, useValue: keys },
    { provide: tokens.LOCAL_REQUESTS, useValue: new LocalSockets() },
    Admission,
  ];

  @Global()
  @Module({ providers, exports: providers })
  class BoundModule {}

  @Module({ imports: [BoundModule, AccountsModule], controllers: [ProbeController] })
  class AccountsAppModule {}

  const filter = new ProblemFilter([]);
  const adapter = new FastifyAdapter({ frameworkErrors: filter.answer.bind(filter) });
  registerBodyParsers(adapter.getInstance());
  const module = await Test.createTestingModule({ imports: [AccountsAppModule] })
    .overrideProvider(PasswordHashes)
    .useValue(new PasswordHashes({ memoryCost: 64, timeCost: 2, parallelism: 1 }))
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(adapter, {
    bodyParser: false,
    logger: false,
  });
  app.useGlobalFilters(filter);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const accounts = app.get(Accounts);
  return {
    ...{ app, records, clock, accounts, setUp: app.get(SetUp) },
    browser: (address = '198.51.100.7') => new Browser(app, address),
    addAccount: async (name, role = 'administrator') => {
      const { token } = await accounts.add(name, role, 'test');
      await accounts.openLink(token, PASSWORD);
    },
  };
}

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown> & { type?: string; proof?: string };
  setCookies: string[];
}

/** Keeps cookies and the proof of its pages as a browser with our pages in it does. */
export class Browser {
  readonly cookies = new Map<string, string>();
  proof: string | null = null;

  constructor(
    private readonly app: NestFastifyApplication,
    readonly address: string,
  ) {}

  async send(
    method: string,
    url: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const all: Record<string, string | undefined> = {
      ...{ host: HOST, 'user-agent': FIREFOX, 'sec-fetch-site': 'same-origin', origin: `http://${HOST}` },
      ...(cookie === '' ? {} : { cookie }),
      ...(this.proof === null ? {} : { 'x-headcount-proof': this.proof }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const response = await this.app.inject({
      ...{ method: method as 'GET', url, remoteAddress: this.address },
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    } as InjectOptions);
    const setCookies = [response.headers['set-cookie'] ?? []].flat();
    for (const text of setCookies) this.keep(text);
    const answer = response.json() as Answer['body'];
    if (answer.proof !== undefined) this.proof = answer.proof;
    return { status: response.statusCode, headers: response.headers, body: answer, setCookies };
  }

  signIn(name: string, password = PASSWORD, code?: string): Promise<Answer> {
    return this.send('POST', '/v1/login', { name, password, ...(code === undefined ? {} : { code }) });
  }

  get sessionCookie(): string | undefined {
    return this.cookies.get('headcount_session') ?? this.cookies.get('__Host-headcount_session');
  }

  private keep(text: string): void {
    const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*);(.*)$/.exec(text) ?? [];
    if (/Max-Age=0\b/.test(rest)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export function problem(kind: string): string {
  return `urn:headcount:problem:${kind}`;
}
