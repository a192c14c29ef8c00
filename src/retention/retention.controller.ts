import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../clock/clock.js';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { described } from '../http/openapi-schema.js';
import { RequireKey } from '../http/require-key.js';
import { CLOCK, LOCAL_REQUESTS, RECORDS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import type { Records } from '../storage/records.js';
import { KEPT_DAYS_MAX, KEPT_DAYS_MIN, Retention } from './retention.js';

const keptDays = z.int().min(KEPT_DAYS_MIN).max(KEPT_DAYS_MAX);
const wanted = z.strictObject({ keptDays, dryRun: z.boolean().default(true) });

const view = z.object({
  keptDays,
  limits: z.object({ min: z.int(), max: z.int() }),
});
const forgetting = z.object({
  keptDays,
  dryRun: z.boolean(),
  firstKept: z.iso.date(),
  days: z.int().min(0).meta({ description: 'Days of this node that are, or would be, forgotten' }),
  hits: z.int().min(0),
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
});

export type RetentionView = z.infer<typeof view>;
export type ForgettingView = z.infer<typeof forgetting>;

/** How long the node's own days are kept. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/retention')
export class RetentionController {
  constructor(
    private readonly retention: Retention,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How many days are kept' })
  @ApiResponse({ status: 200, description: '`{keptDays, limits}`', schema: described(view) })
  async view(): Promise<RetentionView> {
    return { keptDays: await this.retention.keptDays(), limits: { min: KEPT_DAYS_MIN, max: KEPT_DAYS_MAX } };
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Keep so many days: as a dry run, unless it says otherwise' })
  @ApiBody({ schema: described(wanted) })
  @ApiResponse({ status: 200, description: 'What is, or would be, forgotten', schema: described(forgetting) })
  async keep(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(wanted)) given: z.infer<typeof wanted>,
  ): Promise<ForgettingView> {
    if (given.dryRun) return { ...given, ...(await this.retention.preview(given.keptDays)) };
    const by = whoAsks(request, this.local);
    const subject = { days: given.keptDays };
    await this.records.audit.append({
      atMs: this.clock.nowMs(),
      by,
      action: 'set retention',
      subject,
      why: '',
    });
    return { ...given, ...(await this.retention.keep(given.keptDays)) };
  }
}
