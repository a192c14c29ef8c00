import { Controller, Get, Header, HttpCode, Inject, Options, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiExcludeEndpoint, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../clock/clock.js';
import { ClientAddress, callerOf } from '../http/client-address.js';
import { ProblemError } from '../http/problem.js';
import { RateLimit } from '../http/rate-limit.js';
import { CLOCK } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { BrowserHits, type HitOptions } from '../tracking/browser-hits.js';
import { counterSchema, plainCountSchema, takenSchema, trackedSchema } from './compat.openapi.js';
import { COUNTS_READER, type CountsReader } from './counts-reader.js';
import { LegacyReports, readLegacyReport } from './legacy-reports.js';

/** The API of the add-on's counter (S2): a page counts its visitor and shows the number, from any origin. */
const VISIT: HitOptions = { visitor: null, refused: false, countPrograms: false, giveCookie: false };
const COMPAT_BYTES_MAX = 16_384;

/** Unknown names are let through: the pages that call this add their own against caches. */
const questionSchema = z.object({
  window: z.enum(['1d', '7d', '30d', 'all']).nullable().default(null),
  scope: z.enum(['local', 'global']).nullable().default(null),
});

function answerPreflight(reply: FastifyReply): void {
  reply
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-headers', '*')
    .header('access-control-allow-methods', 'GET, POST')
    .header('access-control-max-age', '86400')
    .code(204)
    .send();
}

@ApiTags('compatible: add-on counter')
@Controller('api/stats')
export class AddonTrackController {
  constructor(
    @Inject(COUNTS_READER) private readonly counts: CountsReader,
    private readonly hits: BrowserHits,
  ) {}

  /** Answers the local count, as ever; `users` the shared one. */
  @Post('track-user')
  @ApiOperation({ summary: 'Counts the visitor; answers the local count of all time' })
  @ApiResponse({ status: 200, description: 'Counted, or left out silently as ever', schema: trackedSchema })
  @HttpCode(200)
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Access-Control-Allow-Headers', '*')
  @Header('Cache-Control', 'no-store')
  @RouteConfig({ bodyLimitBytes: COMPAT_BYTES_MAX })
  async track(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    await this.hits.count(request, reply, VISIT);
    return { success: true, count: await this.counts.localUniques('all') };
  }

  @Options('track-user')
  @ApiExcludeEndpoint()
  preflight(@Res() reply: FastifyReply): void {
    answerPreflight(reply);
  }
}

/** An instance reports once an hour. */
const REPORTS_PER_MINUTE = 10;

@ApiTags('compatible: add-on counter')
@Controller('api/stats')
export class AddonCountsController {
  private readonly limit: RateLimit;

  constructor(
    @Inject(COUNTS_READER) private readonly counts: CountsReader,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reports: LegacyReports,
    private readonly addresses: ClientAddress,
    hitLimit: RateLimit,
  ) {
    this.limit = hitLimit.withLimit(REPORTS_PER_MINUTE);
  }

  @Get('users')
  @ApiOperation({ summary: 'The count to show' })
  @ApiResponse({ status: 200, description: 'People of the window', schema: counterSchema })
  @ApiQuery({ name: 'window', required: false, enum: ['1d', '7d', '30d', 'all'] })
  @ApiQuery({ name: 'scope', required: false, enum: ['local', 'global'] })
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Access-Control-Allow-Headers', '*')
  @Header('Cache-Control', 'public, max-age=300')
  async users(
    @Query(new ZodPipe(questionSchema)) question: z.infer<typeof questionSchema>,
  ): Promise<{ count: number }> {
    return { count: await this.counts.counterUniques(question) };
  }

  @Post('report-users')
  @ApiOperation({
    summary: 'The plain count of an instance of the earlier system: shown apart, never in the union',
  })
  @ApiBody({ schema: plainCountSchema })
  @ApiResponse({ status: 200, description: 'Taken', schema: takenSchema })
  @ApiResponse({ status: 403, description: 'This node takes none' })
  @ApiResponse({ status: 429, description: 'Too many from this address, or too many wait' })
  @HttpCode(200)
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Access-Control-Allow-Headers', '*')
  @Header('Cache-Control', 'no-store')
  @RouteConfig({ bodyLimitBytes: COMPAT_BYTES_MAX })
  async report(@Req() request: FastifyRequest): Promise<{ success: true }> {
    this.reports.demandWanted();
    this.demandPatience(request);
    const { instanceId, count } = readLegacyReport(request.body);
    await this.reports.receive(instanceId, count);
    return { success: true };
  }

  @Options(['users', 'report-users'])
  @ApiExcludeEndpoint()
  preflight(@Res() reply: FastifyReply): void {
    answerPreflight(reply);
  }

  private demandPatience(request: FastifyRequest): void {
    const nowMs = this.clock.nowMs();
    if (this.limit.allows(callerOf(this.addresses.ofRequest(request) ?? ''), nowMs)) return;
    const retryAfterS = this.limit.retryAfterS(nowMs);
    throw new ProblemError('rate-limited', 'Too many reports from this address', { retryAfterS });
  }
}
