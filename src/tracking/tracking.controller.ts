import { Controller, Get, Inject, Options, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import type { AccessKeys } from '../http/access-keys.js';
import { demandKey } from '../http/admission.js';
import { ProblemError } from '../http/problem.js';
import { ACCESS_KEYS, CONFIG } from '../http/tokens.js';
import { BrowserHits, type HitOptions } from './browser-hits.js';
import { CrossOrigin } from './cors.js';
import type { Outcome } from './drop-reason.js';
import { HIT_ANSWER_TYPE, HIT_BODY_BYTES_MAX, hitAnswer, PLAIN_HIT } from './hit-answer.js';
import { readHitBody } from './hit-body.js';
import { hitAnswerSchema, hitBodySchema } from './tracking.openapi.js';

/** 43 bytes: the smallest transparent image that every browser shows. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

const PICTURE = { type: 'string', contentMediaType: 'image/gif' } as const;

/** Visits from browsers. Answers are written by hand: this is the route that everyone's visitors call. */
@ApiTags('tracking')
@Controller('v1')
export class TrackingController {
  private readonly crossOrigin: CrossOrigin;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'corsOrigins' | 'visitor'>,
    @Inject(ACCESS_KEYS) private readonly keys: AccessKeys,
    private readonly hits: BrowserHits,
  ) {
    this.crossOrigin = new CrossOrigin(config.corsOrigins);
  }

  @Post('hits')
  @ApiOperation({ summary: 'One visit; a write key is needed to send visitor. Also as text/plain' })
  @ApiBody({ required: false, schema: hitBodySchema })
  @ApiResponse({ status: 202, description: 'Counted and on disk, or not counted', schema: hitAnswerSchema })
  @ApiResponse({ status: 422, description: 'The node does not count by ids of the site' })
  @ApiResponse({ status: 429, description: 'More hits a minute than one address may send' })
  @ApiResponse({ status: 503, description: 'The store is away: try again later' })
  @RouteConfig({ bodyLimitBytes: HIT_BODY_BYTES_MAX })
  async hit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.crossOrigin.allow(request, reply);
    const { body } = request;
    const options = body === undefined ? PLAIN_HIT : await this.optionsOf(body, request);
    const outcome = await this.hits.count(request, reply, options);
    reply.code(202).header('content-type', HIT_ANSWER_TYPE).send(hitAnswer(outcome));
  }

  @Options('hits')
  @ApiExcludeEndpoint()
  preflight(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.crossOrigin.answerPreflight(request, reply);
  }

  /** The same for pages without scripts. A picture that fails would be seen, so it only fails with the store. */
  @Get('hit.gif')
  @ApiOperation({ summary: 'One visit without scripts: a transparent picture' })
  @ApiResponse({ status: 200, description: '43 bytes', content: { 'image/gif': { schema: PICTURE } } })
  async pixel(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.method === 'GET') await this.hits.count(request, reply, PLAIN_HIT).catch(ignoreProblem);
    this.crossOrigin.allow(request, reply);
    reply.header('cache-control', 'no-store').header('content-type', 'image/gif').send(PIXEL);
  }

  private async optionsOf(body: unknown, request: FastifyRequest): Promise<HitOptions> {
    const hit = readHitBody(typeof body === 'string' ? parseText(body) : body);
    if (hit.visitor === undefined && hit.consent !== false) return PLAIN_HIT;
    if (hit.visitor !== undefined) await this.demandVouched(request);
    return { ...PLAIN_HIT, visitor: hit.visitor ?? null, refused: hit.consent === false };
  }

  /** A browser must not say who it is: only the site may, and only where the site's ids are what is counted. */
  private async demandVouched(request: FastifyRequest): Promise<void> {
    await demandKey(this.keys, request, 'write');
    if (this.config.visitor !== 'site-id') throw visitorNotAccepted('visitor');
  }
}

export function visitorNotAccepted(field: string): ProblemError {
  return new ProblemError(
    'unacceptable-field',
    `This node does not count by ids of the site: leave out ${field}.`,
    {
      field,
    },
  );
}

/** The same JSON as text, which sendBeacon may send to another site without asking first. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError('malformed-json', 'The body must be one JSON document.');
  }
}

function ignoreProblem(error: unknown): Outcome {
  if (error instanceof ProblemError) return 'rate-limited';
  throw error;
}
