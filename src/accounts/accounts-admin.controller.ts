import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Req,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Config } from '../config/config.js';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { described } from '../http/openapi-schema.js';
import { RequireKey } from '../http/require-key.js';
import { CONFIG, LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { ACCOUNT_ROLES } from '../storage/account-store.js';
import { accountName } from './account-name.js';
import { accountView, linkView } from './account-views.js';
import { Accounts } from './accounts.js';
import { accountSchema, accountsSchema, linkSchema } from './accounts.openapi.js';
import type { AccountView, LinkView } from './views.js';

const BODY = { bodyLimitBytes: 4096 };

const role = z.enum(ACCOUNT_ROLES);
const named = z.string().min(1).max(256);
const added = z.strictObject({ name: accountName, role: role.default('viewer') });
const ofRole = z.strictObject({ role });

/** Who may sign in, for administrators and for `headcount account`. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/accounts')
export class AccountsAdminController {
  constructor(
    private readonly accounts: Accounts,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Every account' })
  @ApiResponse({ status: 200, description: 'Oldest first', schema: accountsSchema })
  async list(): Promise<{ accounts: AccountView[] }> {
    return { accounts: (await this.accounts.list()).map(accountView) };
  }

  @Post()
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Add an account; its owner chooses the password by a link, within a day' })
  @ApiBody({ schema: described(added) })
  @ApiResponse({ status: 201, description: '`{account, path, url}`', schema: linkSchema })
  @ApiResponse({ status: 409, description: 'The name is taken' })
  async add(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(added)) given: z.infer<typeof added>,
  ): Promise<LinkView> {
    const linked = await this.accounts.add(given.name, given.role, whoAsks(request, this.local));
    return linkView(linked, this.config);
  }

  @Post(':name/reset')
  @HttpCode(200)
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Take password, second factor and sessions from an account, and open it by a link',
  })
  @ApiParam({ name: 'name', description: 'As it is listed' })
  @ApiResponse({ status: 200, description: '`{account, path, url}`', schema: linkSchema })
  @ApiResponse({ status: 404, description: 'No such account' })
  async reset(
    @Req() request: FastifyRequest,
    @Param('name', new ZodPipe(named)) name: string,
  ): Promise<LinkView> {
    return linkView(await this.accounts.reset(name, whoAsks(request, this.local)), this.config);
  }

  @Put(':name/role')
  @RouteConfig(BODY)
  @ApiOperation({ summary: 'Make an account a viewer or an administrator; its sessions end' })
  @ApiParam({ name: 'name', description: 'As it is listed' })
  @ApiBody({ schema: described(ofRole) })
  @ApiResponse({ status: 200, description: 'The account', schema: accountSchema })
  @ApiResponse({ status: 404, description: 'No such account' })
  @ApiResponse({ status: 409, description: 'It is the only administrator' })
  async setRole(
    @Req() request: FastifyRequest,
    @Param('name', new ZodPipe(named)) name: string,
    @Body(new ZodPipe(ofRole)) given: z.infer<typeof ofRole>,
  ): Promise<AccountView> {
    return accountView(await this.accounts.setRole(name, given.role, whoAsks(request, this.local)));
  }

  @Delete(':name')
  @ApiOperation({ summary: 'Remove an account and end its sessions' })
  @ApiParam({ name: 'name', description: 'As it is listed' })
  @ApiResponse({ status: 200, description: 'The account as it was', schema: accountSchema })
  @ApiResponse({ status: 404, description: 'No such account' })
  @ApiResponse({ status: 409, description: 'It is the only administrator' })
  async remove(
    @Req() request: FastifyRequest,
    @Param('name', new ZodPipe(named)) name: string,
  ): Promise<AccountView> {
    return accountView(await this.accounts.remove(name, whoAsks(request, this.local)));
  }
}
