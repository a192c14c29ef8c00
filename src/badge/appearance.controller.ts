import { Body, Controller, Get, Inject, Put, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { badgeLookSchema } from './badge.openapi.js';
import { BadgeLooks } from './badge-looks.js';
import { type BadgeLook, badgeLook } from './badge-options.js';

const BODY = { bodyLimitBytes: 1024 };

/** How the count looks on other people's pages. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/appearance')
export class AppearanceController {
  constructor(
    private readonly looks: BadgeLooks,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Label, colours and style of badges whose address does not say otherwise' })
  @ApiResponse({ status: 200, description: 'As it is in effect', schema: badgeLookSchema })
  look(): Promise<BadgeLook> {
    return this.looks.current();
  }

  @Put()
  @RouteConfig(BODY)
  @ApiOperation({
    summary: 'Choose label, colours and style of badges. Proxies keep the former for 5 minutes',
  })
  @ApiBody({ schema: badgeLookSchema })
  @ApiResponse({ status: 200, description: 'As it is in effect from now on', schema: badgeLookSchema })
  choose(@Req() request: FastifyRequest, @Body(new ZodPipe(badgeLook)) look: BadgeLook): Promise<BadgeLook> {
    return this.looks.choose(look, whoAsks(request, this.local));
  }
}
