import { Body, Controller, Get, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../clock/clock.js';
import { addDays, dayOf, HOUR_MS, hourOf } from '../clock/day.js';
import type { Config } from '../config/config.js';
import type { AccessKeys } from '../http/access-keys.js';
import { demandKey } from '../http/admission.js';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { RequireKey } from '../http/require-key.js';
import { ACCESS_KEYS, AUDIT_LOG, CLOCK, CONFIG, COUNT_STORE, LOCAL_REQUESTS } from '../http/tokens.js';
import { readWith, ZodPipe } from '../http/zod-problem.js';
import type { AuditLog } from '../storage/audit-log.js';
import type { CountStore } from '../storage/count-store.js';
import { BrowserHits, type HitOptions } from '../tracking/browser-hits.js';
import { clientIdOf } from '../tracking/client-cookie.js';
import { cleanedSchema, cleanupBodySchema, cookieStatsSchema, pingAnswerSchema } from './compat.openapi.js';
import { COUNTS_READER, type CountsReader } from './counts-reader.js';

/**
 * The API of the Flask counter that told visitors by a cookie (S0). Its callers are programs (VPN clients that
 * ping once a day), so the bot filter does not apply; they keep the cookie whatever this node counts by.
 */
const PING: HitOptions = { visitor: null, refused: false, countPrograms: true, giveCookie: true };

const COMPAT_BYTES_MAX = 16_384;
/** Its window went from today to seven days back: up to eight rows. */
const BREAKDOWN_DAYS = 8;
const LIVE_HOURS = 48;

const pingSchema = z.looseObject({ server: z.string().max(128).optional() }).optional();
const cleanupSchema = z
  .looseObject({ days_to_keep: z.int('must be a whole number').min(1).max(36_500).default(90) })
  .default({ days_to_keep: 90 });

interface PingAnswer {
  status: 'healthy';
  new_client: boolean;
  daily_active_users: number;
  monthly_active_users: number;
}

@ApiTags('compatible: cookie counter')
@Controller()
export class CookieCounterPingController {
  constructor(
    @Inject(COUNTS_READER) private readonly counts: CountsReader,
    private readonly hits: BrowserHits,
  ) {}

  @Post(['health', 'keepalive'])
  @ApiOperation({ summary: 'Counts the client by its cookie, and gives it one' })
  @ApiResponse({ status: 200, description: 'This node’s own counts', schema: pingAnswerSchema })
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @RouteConfig({ bodyLimitBytes: COMPAT_BYTES_MAX })
  async ping(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PingAnswer> {
    // `server` named one of several instances; here each instance is a node of its own.
    readWith(pingSchema, request.body);
    await this.hits.count(request, reply, PING);
    return {
      status: 'healthy',
      new_client: clientIdOf(request.headers.cookie) === null,
      daily_active_users: await this.counts.localUniques('1d'),
      monthly_active_users: await this.counts.localUniques('30d'),
    };
  }
}

@ApiTags('compatible: cookie counter')
@Controller()
export class CookieCounterAdminController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'compatPublicReads'>,
    @Inject(ACCESS_KEYS) private readonly keys: AccessKeys,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(COUNT_STORE) private readonly store: CountStore,
    @Inject(AUDIT_LOG) private readonly audit: AuditLog,
    @Inject(COUNTS_READER) private readonly counts: CountsReader,
  ) {}

  @Get('stats')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Daily, monthly and all users, and up to eight days' })
  @ApiResponse({ status: 200, description: 'This node’s own counts', schema: cookieStatsSchema })
  @Header('Cache-Control', 'no-store')
  async stats(@Req() request: FastifyRequest): Promise<unknown> {
    const isOpen = this.config.compatPublicReads || this.local.isLocalRequest(request);
    if (!isOpen) await demandKey(this.keys, request, 'read');
    const days = await this.counts.dailyUniques(BREAKDOWN_DAYS);
    return {
      success: true,
      data: {
        daily_active_users: await this.counts.localUniques('1d'),
        monthly_active_users: await this.counts.localUniques('30d'),
        total_unique_users: await this.counts.localUniques('all'),
        daily_breakdown: newestFirst(days).map(({ day, uniques }) => ({ date: day, users: uniques })),
        timestamp: new Date(this.clock.nowMs()).toISOString(),
      },
    };
  }

  @Post('cleanup')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Forgets days older than days_to_keep (1 to 36,500, default 90)' })
  @ApiBody({ required: false, schema: cleanupBodySchema })
  @ApiResponse({ status: 200, description: 'How many days were forgotten', schema: cleanedSchema })
  @HttpCode(200)
  @RequireKey('admin')
  @RouteConfig({ bodyLimitBytes: COMPAT_BYTES_MAX })
  async cleanup(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(cleanupSchema)) { days_to_keep: daysToKeep }: z.infer<typeof cleanupSchema>,
  ): Promise<unknown> {
    const nowMs = this.clock.nowMs();
    const firstDay = addDays(dayOf(nowMs), -daysToKeep);
    await this.audit.append({
      ...{ atMs: nowMs, by: whoAsks(request, this.local), action: 'forget days', why: '/cleanup' },
      subject: { before: firstDay },
    });
    const forgotten = await this.store.prune(firstDay, hourOf(nowMs - LIVE_HOURS * HOUR_MS));
    return { success: true, message: `Cleaned up ${forgotten} old records`, deleted_count: forgotten };
  }
}

/** As the earlier system answered: only days with visitors. */
function newestFirst<T extends { uniques: number }>(days: readonly T[]): T[] {
  return days.filter(({ uniques }) => uniques > 0).reverse();
}
