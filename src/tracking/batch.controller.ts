import { Body, Controller, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { ProblemError } from '../http/problem.js';
import { RequireKey } from '../http/require-key.js';
import { CLOCK, CONFIG } from '../http/tokens.js';
import { type BatchHit, readBatchBody } from './hit-body.js';
import { visitorNotAccepted } from './tracking.controller.js';
import { batchAnswerSchema, batchBodySchema } from './tracking.openapi.js';
import { type BatchOutcome, TrackingService } from './tracking.service.js';
import { AHEAD_MS, type HitFacts, RETENTION_MS } from './visits.js';

const BATCH_BYTES_MAX = 1_048_576;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;

/** `repeated`: these hits were counted before, under the same Idempotency-Key, and are not counted again. */
export type BatchAnswer = Pick<BatchOutcome, 'counted' | 'dropped'> & { repeated?: true };

/** Visits that a site's own server saw, many at once. */
@ApiTags('tracking')
@ApiBearerAuth()
@Controller('v1')
export class BatchController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'visitor'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly tracking: TrackingService,
  ) {}

  // The router's way to write one colon: `/v1/hits:batch`.
  @Post('hits::batch')
  @HttpCode(202)
  @ApiOperation({ summary: 'Up to 500 visits that a server saw; all are counted or none' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: '1 to 128 visible ASCII characters, kept 24 h',
  })
  @ApiBody({ schema: batchBodySchema })
  @ApiResponse({ status: 202, description: 'On disk', schema: batchAnswerSchema })
  @ApiResponse({ status: 422, description: 'A time out of range, or a visitor under another scheme' })
  @ApiResponse({ status: 503, description: 'The store is away; nothing was counted' })
  @RequireKey('write')
  @RouteConfig({ bodyLimitBytes: BATCH_BYTES_MAX })
  async batch(
    @Body() body: unknown,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<BatchAnswer> {
    if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) throw badIdempotencyKey();
    const nowMs = this.clock.nowMs();
    const hits = readBatchBody(body).map((hit, index) => this.factsOf(hit, index, nowMs));
    const { repeated, ...answer } = await this.tracking.countBatch(hits, idempotencyKey);
    return repeated ? { ...answer, repeated: true } : answer;
  }

  private factsOf(hit: BatchHit, index: number, nowMs: number): HitFacts {
    const { address, userAgent, visitor, dnt } = hit;
    if (visitor !== undefined && this.config.visitor !== 'site-id')
      throw visitorNotAccepted(`hits[${index}].visitor`);
    return {
      address,
      userAgent,
      cookie: null,
      siteId: visitor ?? null,
      doNotTrack: dnt ?? false,
      atMs: hit.at === undefined ? nowMs : timeOf(hit.at, index, nowMs),
    };
  }
}

function timeOf(at: string, index: number, nowMs: number): number {
  const atMs = Date.parse(at);
  const earliestMs = nowMs - RETENTION_MS;
  if (atMs >= earliestMs && atMs <= nowMs + AHEAD_MS) return atMs;
  const limit = new Date(atMs < earliestMs ? earliestMs : nowMs + AHEAD_MS).toISOString();
  const field = `hits[${index}].at`;
  throw new ProblemError(
    'unacceptable-field',
    `${field} must lie within the last 400 days, at most a minute ahead.`,
    {
      field,
      limit,
    },
  );
}

function badIdempotencyKey(): ProblemError {
  return new ProblemError('invalid-field', 'Idempotency-Key has 1 to 128 visible ASCII characters.', {
    field: 'Idempotency-Key',
    limit: 128,
  });
}
