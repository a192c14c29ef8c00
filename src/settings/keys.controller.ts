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
  Query,
  Req,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBearerAuth,
  ApiBody,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { described } from '../http/openapi-schema.js';
import { reason, why } from '../http/reason.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { KeyRing, type KeyView } from './key-ring.js';

const BODY = { bodyLimitBytes: 1024 };
const SHARE_DAYS_MAX = 365;

const kind = z.enum(['write', 'read', 'admin']);
/** Without what could break a terminal, a log line or a table. */
const name = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u, 'a name has 1 to 64 plain characters');
const wanted = z.strictObject({ name, kind });
const shared = z.strictObject({ name, days: z.int().min(1).max(SHARE_DAYS_MAX).default(30) });
const revoked = z.strictObject({ why });
const keyId = z.string().regex(/^[0-9a-f]{64}$/, 'an id of a key has 64 hexadecimal digits');

const instant = z.iso.datetime();
const key = z.object({
  id: z.string().meta({ description: 'Names the key; opens nothing' }),
  name: z.string().nullable(),
  kind: z.enum(['write', 'overview', 'read', 'admin']),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
}) satisfies z.ZodType<KeyView>;
const keysSchema = described(z.object({ keys: z.array(key) }));
const madeSchema = described(z.object({ text: z.string().meta({ description: 'The key, shown once' }) }));
const linkSchema = described(
  z.object({ path: z.string().meta({ description: 'The link behind the address, shown once' }) }),
);

/** Keys for scripts and sites, and links that show the overview to whoever has them. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin')
export class KeysController {
  constructor(
    private readonly keys: KeyRing,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get('keys')
  @ApiOperation({ summary: 'Every key that was made here; those of the environment are not listed' })
  @ApiResponse({ status: 200, description: '`{keys}`, oldest first', schema: keysSchema })
  async list(): Promise<{ keys: KeyView[] }> {
    return { keys: await this.keys.list(false) };
  }

  @Post('keys')
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make a key. Its text is shown once' })
  @ApiBody({ schema: described(wanted) })
  @ApiResponse({ status: 201, description: '`{text}`', schema: madeSchema })
  async create(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(wanted)) given: z.infer<typeof wanted>,
  ): Promise<{ text: string }> {
    return { text: await this.keys.create(given.name, given.kind, null, whoAsks(request, this.local)) };
  }

  @Get('shares')
  @ApiOperation({ summary: 'Every link that shows the overview' })
  @ApiResponse({ status: 200, description: '`{keys}`, oldest first', schema: keysSchema })
  async shares(): Promise<{ keys: KeyView[] }> {
    return { keys: await this.keys.list(true) };
  }

  @Post('shares')
  @RouteConfig(BODY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make a link that shows the overview and nothing else, for some days' })
  @ApiBody({ schema: described(shared) })
  @ApiResponse({ status: 201, description: '`{path}`', schema: linkSchema })
  async share(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(shared)) given: z.infer<typeof shared>,
  ): Promise<{ path: string }> {
    const text = await this.keys.create(given.name, 'overview', given.days, whoAsks(request, this.local));
    return { path: `/admin/shared#${text}` };
  }

  @Delete('keys/:id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Revoke a key or a link: it opens nothing from now on' })
  @ApiParam({ name: 'id', description: 'As it is listed' })
  @ApiQuery({ name: 'why', required: false, schema: reason })
  @ApiResponse({ status: 200, description: 'The key as it was', schema: described(key) })
  @ApiResponse({ status: 404, description: 'No such key' })
  revoke(
    @Req() request: FastifyRequest,
    @Param('id', new ZodPipe(keyId)) id: string,
    @Query(new ZodPipe(revoked)) given: z.infer<typeof revoked>,
  ): Promise<KeyView> {
    return this.keys.revoke(id, whoAsks(request, this.local), given.why);
  }
}
