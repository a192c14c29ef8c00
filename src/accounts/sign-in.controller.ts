import { Body, Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import { ZodPipe } from '../http/zod-problem.js';
import type { Account } from '../storage/account-store.js';
import { accountName } from './account-name.js';
import { AccountSessions } from './account-sessions.js';
import { signedInView } from './account-views.js';
import { Accounts } from './accounts.js';
import { signedInSchema } from './accounts.openapi.js';
import { newPassword, typedPassword } from './password.js';
import { TOKEN } from './secret-text.js';
import { SetUp } from './set-up.js';
import { SignIn } from './sign-in.service.js';
import type { SignedInView } from './views.js';

/** Nothing that is sent here is longer. */
const BODY = { bodyLimitBytes: 4096 };

const credentials = z.strictObject({
  name: z.string().min(1).max(256),
  password: typedPassword,
  code: z.string().max(64).optional(),
});
const token = z.string().regex(TOKEN, 'a token has 43 characters');
const byLink = z.strictObject({ token, password: newPassword });
const firstAccount = z.strictObject({ token, name: accountName, password: newPassword });

/** In and out: the pages' way to the API. */
@ApiTags('accounts')
@Controller('v1')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: AccountSessions,
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
  ) {}

  @Get('session')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Who is signed in with this browser' })
  @ApiResponse({ status: 200, description: '`{account, proof, setUpOpen}`', schema: signedInSchema })
  async session(@Req() request: FastifyRequest): Promise<SignedInView> {
    const current = await this.sessions.of(request);
    if (current) return signedInView(current.account, current.proof);
    return { account: null, proof: null, setUpOpen: await this.setUp.isOpen() };
  }

  @Post('login')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Sign in: the answer sets the cookie of a new session' })
  @ApiBody({ schema: described(credentials) })
  @ApiResponse({ status: 200, description: 'Signed in', schema: signedInSchema })
  @ApiResponse({
    status: 401,
    description: '`sign-in-failed`, or `code-needed` when only the code is missing',
  })
  @ApiResponse({ status: 403, description: '`other-site`' })
  @ApiResponse({ status: 429, description: 'Too many failures of this name or from this address' })
  async login(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body(new ZodPipe(credentials)) given: z.infer<typeof credentials>,
  ): Promise<SignedInView> {
    return this.entered(await this.signIn.signIn(given, request), request, reply);
  }

  @Post('login/link')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Open an account by a one-time link, and choose its password' })
  @ApiBody({ schema: described(byLink) })
  @ApiResponse({ status: 200, description: 'Signed in', schema: signedInSchema })
  @ApiResponse({ status: 401, description: '`link-unknown`' })
  async openLink(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body(new ZodPipe(byLink)) given: z.infer<typeof byLink>,
  ): Promise<SignedInView> {
    this.sessions.demandOwnPage(request);
    return this.entered(await this.accounts.openLink(given.token, given.password), request, reply);
  }

  @Post('setup')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Make the first administrator, with the token that the node printed at its start',
  })
  @ApiBody({ schema: described(firstAccount) })
  @ApiResponse({ status: 200, description: 'Signed in', schema: signedInSchema })
  @ApiResponse({ status: 401, description: '`link-unknown`' })
  async first(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body(new ZodPipe(firstAccount)) given: z.infer<typeof firstAccount>,
  ): Promise<SignedInView> {
    this.sessions.demandOwnPage(request);
    const account = await this.setUp.addFirst(given.token, given.name, given.password);
    return this.entered(account, request, reply);
  }

  @Post('logout')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Sign out: the session ends' })
  @ApiResponse({ status: 200, description: 'Nobody is signed in', schema: signedInSchema })
  async logout(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView> {
    const current = await this.sessions.of(request);
    if (current) await this.sessions.end(current, request, reply);
    return { account: null, proof: null, setUpOpen: await this.setUp.isOpen() };
  }

  private async entered(
    account: Account,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<SignedInView> {
    return signedInView(account, await this.signIn.enter(account, request, reply));
  }
}
