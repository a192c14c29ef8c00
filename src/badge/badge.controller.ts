import {
  Controller,
  Get,
  Header,
  Inject,
  Param,
  Query,
  Res,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../clock/clock.js';
import type { WindowName } from '../config/config.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { rounded } from '../sketch/rounded.js';
import { AnswerCache } from '../stats/answer-cache.js';
import type { Counts } from '../stats/counts.js';
import { CountsService } from '../stats/counts.service.js';
import { OpenCountsGuard } from '../stats/open-counts.guard.js';
import { PrivateWhenClosed } from '../stats/private-when-closed.js';
import { badgeJsonSchema } from './badge.openapi.js';
import { BadgeLooks } from './badge-looks.js';
import { type BadgeQuery, badgeName, badgeQuery, STYLES } from './badge-options.js';
import { BadgePictures } from './badge-pictures.js';
import { type Badge, drawBadge } from './badge-svg.js';

const CACHE_S = 300;
const CACHE = `public, max-age=${CACHE_S}, stale-while-revalidate=${CACHE_S}`;
const LABELS: Record<WindowName, string> = {
  '1d': 'people today',
  '7d': 'people in 7 days',
  '30d': 'people in 30 days',
  all: 'people in all',
};
/** No total yet: a README keeps its picture. */
const UNKNOWN = { message: 'not yet', color: '#9f9f9f' };
const PICTURE = { schema: { type: 'string', contentMediaType: 'image/png' } } as const;

/** The count as a picture. Reading one counts nobody. */
@ApiTags('badges')
@Controller('badge')
@UseGuards(OpenCountsGuard)
@UseInterceptors(PrivateWhenClosed)
export class BadgeController {
  private readonly cache: AnswerCache;

  constructor(
    private readonly counts: CountsService,
    private readonly pictures: BadgePictures,
    private readonly looks: BadgeLooks,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.cache = new AnswerCache(clock);
  }

  @Get(':name')
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  @Header('cross-origin-resource-policy', 'cross-origin')
  @Header('x-content-type-options', 'nosniff')
  @Header('content-security-policy', "default-src 'none'")
  @ApiOperation({ summary: 'The count as a badge, or as an endpoint of shields.io. Reading counts nobody' })
  @ApiParam({ name: 'name', description: '`<window>.svg`, `.png` or `.json`; windows are 1d, 7d, 30d, all' })
  @ApiQuery({
    name: 'scope',
    required: false,
    description: '`global` (default), `local`, `instance:<node id>`',
  })
  @ApiQuery({
    name: 'style',
    required: false,
    enum: STYLES,
    description: 'style, label and colours: default as an administrator set them',
  })
  @ApiQuery({ name: 'label', required: false, description: 'up to 64 characters' })
  @ApiQuery({ name: 'color', required: false, description: 'a name or three or six hexadecimal digits' })
  @ApiQuery({ name: 'labelColor', required: false })
  @ApiResponse({
    status: 200,
    description: 'The badge',
    content: {
      'image/svg+xml': { schema: { type: 'string' } },
      'image/png': PICTURE,
      'application/json': { schema: badgeJsonSchema },
    },
  })
  async badge(
    @Param('name', new ZodPipe(badgeName)) name: string,
    @Query(new ZodPipe(badgeQuery)) query: BadgeQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [window, format] = name.split('.') as [WindowName, 'svg' | 'png' | 'json'];
    const badge = await this.badgeOf(window, query);
    if (format === 'json') reply.type('application/json; charset=utf-8').send(shieldsEndpoint(badge));
    else if (format === 'svg') reply.type('image/svg+xml; charset=utf-8').send(drawBadge(badge));
    else reply.type('image/png').send(await this.pictures.picture(drawBadge(badge)));
  }

  private async badgeOf(window: WindowName, query: BadgeQuery): Promise<Badge> {
    const { scope, ...asked } = query;
    const look = { ...(await this.looks.current()), ...asked };
    const plain = { ...look, label: look.label ?? LABELS[window] };
    try {
      const answer = await this.cache.answer(`${scope} ${window}`, () => this.counts.counts(scope, window));
      return { ...plain, message: messageOf((JSON.parse(answer.body) as Counts).uniques) };
    } catch (error) {
      if (error instanceof ProblemError && error.kind === 'no-total') return { ...plain, ...UNKNOWN };
      throw error;
    }
  }
}

const number = new Intl.NumberFormat('en');

/** As fine as its error; both ends where only bounds are known. */
function messageOf(uniques: Counts['uniques']): string {
  const { estimate, low, high } = rounded(uniques);
  if (estimate !== null && uniques.dedup === 'full') return number.format(estimate);
  return `${number.format(low)} – ${number.format(high)}`;
}

/** https://shields.io/badges/endpoint-badge */
function shieldsEndpoint({ label, message, color, labelColor, style }: Badge): object {
  return { schemaVersion: 1, label, message, color, labelColor, style, cacheSeconds: CACHE_S };
}
