import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import { ProblemError } from '../http/problem.js';
import { ZodPipe } from '../http/zod-problem.js';
import { AccountSessions, type CurrentSession } from './account-sessions.js';
import { ownAccountView, signedInView } from './account-views.js';
import { Accounts } from './accounts.js';
import {
  enrolmentSchema,
  ownAccountSchema,
  recoveryCodesSchema,
  signedInSchema,
} from './accounts.openapi.js';
import { OwnAccount } from './own-account.js';
import { newPassword, typedPassword } from './password.js';
import { SignIn } from './sign-in.service.js';
import type { Enrolment, OwnAccountView, SignedInView } from './views.js';

const BODY = { bodyLimitBytes: 4096 };

const sessionId = z.string().regex(/^[0-9a-f]{64}$/, 'an id of a session has 64 hexadecimal digits');
const confirmed = z.strictObject({ password: typedPassword });
const changed = z.strictObject({ current: typedPassword, password: newPassword });
const coded = z.strictObject({ code: z.string().min(1).max(16) });

/** What people do with their own account. Only signed in: a key is nobody. */
@ApiTags('accounts')
@Controller('v1/account')
export class OwnAccountController {
  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: AccountSessions,
    private readonly accounts: Accounts,
    private readonly own: OwnAccount,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The own account, and the browsers that are signed in with it' })
  @ApiResponse({ status: 200, description: 'The account', schema: ownAccountSchema })
  async view(@Req() request: FastifyRequest): Promise<OwnAccountView> {
    return this.viewOf(await this.current(request));
  }

  @Delete('sessions/:id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'End one session' })
  @ApiParam({ name: 'id', description: 'Of the list' })
  @ApiResponse({ status: 200, description: 'The account', schema: ownAccountSchema })
  @ApiResponse({ status: 404, description: 'No such session of this account' })
  async endOne(
    @Req() request: FastifyRequest,
    @Param('id', new ZodPipe(sessionId)) id: string,
  ): Promise<OwnAccountView> {
    const current = await this.current(request);
    if (!(await this.sessions.endOf(current.account, id)))
      throw new ProblemError('not-found', 'No session of this account has that id.', { field: 'id' });
    return this.viewOf(current);
  }

  @Delete('sessions')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'End all sessions but this one' })
  @ApiResponse({ status: 200, description: 'The account', schema: ownAccountSchema })
  async endOthers(@Req() request: FastifyRequest): Promise<OwnAccountView> {
    const current = await this.current(request);
    await this.sessions.endOthers(current);
    return this.viewOf(current);
  }

  @Put('password')
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Change the password: every other session ends' })
  @ApiBody({ schema: described(changed) })
  @ApiResponse({ status: 200, description: 'Signed in anew', schema: signedInSchema })
  @ApiResponse({ status: 401, description: 'The current password is wrong' })
  async setPassword(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body(new ZodPipe(changed)) given: z.infer<typeof changed>,
  ): Promise<SignedInView> {
    const current = await this.confirmed(request, given.current);
    const account = await this.accounts.setPassword(current.account, given.password);
    return signedInView(account, await this.sessions.begin(account, request, reply));
  }

  @Post('second-factor')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Begin to set up an app that makes codes' })
  @ApiBody({ schema: described(confirmed) })
  @ApiResponse({ status: 200, description: 'What the app is shown', schema: enrolmentSchema })
  @ApiResponse({ status: 401, description: 'The password is wrong' })
  async beginSecondFactor(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(confirmed)) { password }: z.infer<typeof confirmed>,
  ): Promise<Enrolment> {
    return this.own.beginSecondFactor((await this.confirmed(request, password)).account);
  }

  @Put('second-factor')
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Turn the second factor on, with a code that the app made' })
  @ApiBody({ schema: described(coded) })
  @ApiResponse({ status: 200, description: 'Recovery codes', schema: recoveryCodesSchema })
  @ApiResponse({ status: 422, description: 'This is no code of the moment' })
  async confirmSecondFactor(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(coded)) { code }: z.infer<typeof coded>,
  ): Promise<{ recoveryCodes: string[] }> {
    const { account } = await this.current(request);
    return { recoveryCodes: await this.own.confirmSecondFactor(account, code) };
  }

  @Post('second-factor/recovery-codes')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'New recovery codes: the old ones open nothing any more' })
  @ApiBody({ schema: described(confirmed) })
  @ApiResponse({ status: 200, description: 'Recovery codes', schema: recoveryCodesSchema })
  async renewRecoveryCodes(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(confirmed)) { password }: z.infer<typeof confirmed>,
  ): Promise<{ recoveryCodes: string[] }> {
    const { account } = await this.confirmed(request, password);
    return { recoveryCodes: await this.own.renewRecoveryCodes(account) };
  }

  @Post('second-factor/remove')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Turn the second factor off' })
  @ApiBody({ schema: described(confirmed) })
  @ApiResponse({ status: 200, description: 'The account', schema: ownAccountSchema })
  @ApiResponse({ status: 401, description: 'The password is wrong' })
  async removeSecondFactor(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(confirmed)) { password }: z.infer<typeof confirmed>,
  ): Promise<OwnAccountView> {
    const { account } = await this.confirmed(request, password);
    await this.own.removeSecondFactor(account);
    return this.viewOf(await this.current(request));
  }

  private async viewOf(current: CurrentSession): Promise<OwnAccountView> {
    return ownAccountView(current, await this.sessions.listOf(current.account), this.sessions);
  }

  private async confirmed(request: FastifyRequest, password: string): Promise<CurrentSession> {
    const current = await this.current(request);
    await this.signIn.confirm(current.account, password, request);
    return current;
  }

  private async current(request: FastifyRequest): Promise<CurrentSession> {
    const current = await this.sessions.of(request);
    if (current) return current;
    throw new ProblemError('key-missing', 'Sign in first: nobody is signed in with this browser.');
  }
}
