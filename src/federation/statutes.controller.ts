import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { described } from '../http/openapi-schema.js';
import { RequireKey } from '../http/require-key.js';
import { LOCAL_REQUESTS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import { StatutesAdmin, type StatutesView } from './statutes-admin.service.js';

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a node id has 43 characters');
const proposed = z
  .strictObject({
    stewards: z
      .array(nodeId)
      .min(1)
      .max(16)
      .refine((nodes) => new Set(nodes).size === nodes.length, 'a steward is named twice'),
    threshold: z.int().min(1).max(16),
    sketchMinimum: z.int().min(0).max(1_000_000).optional(),
  })
  .refine(({ stewards, threshold }) => threshold <= stewards.length, {
    path: ['threshold'],
    message: 'more signatures than there are stewards',
  });
const charter = z.object({
  ...{ id: z.string(), number: z.int(), stewards: z.array(nodeId), threshold: z.int() },
  sketchMinimum: z.int().meta({ description: 'Below so many visitors a day nobody shares a sketch' }),
  ...{ signers: z.array(nodeId), issuedAt: z.iso.datetime() },
});
const member = z.object({
  ...{ node: nodeId, url: z.string().nullable(), role: z.string(), counting: z.boolean() },
  ...{ status: z.string(), since: z.iso.date() },
});
const statutesSchema = described(
  z.object({
    charter: charter.nullable(),
    proposed: charter.nullable(),
    roster: z
      .object({
        ...{ number: z.int(), signer: nodeId, issuedAt: z.iso.datetime(), expiresAt: z.iso.datetime() },
        members: z.array(member),
      })
      .nullable(),
  }),
);
const proposedBody = {
  type: 'object',
  required: ['stewards', 'threshold'],
  properties: {
    stewards: { type: 'array', minItems: 1, maxItems: 16, items: { type: 'string' as const } },
    threshold: { type: 'integer', minimum: 1, maximum: 16 },
    sketchMinimum: { type: 'integer', minimum: 0, maximum: 1_000_000 },
  },
};

/** What the federation agreed on and who is in it, as stewards have signed. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/federation')
export class StatutesController {
  constructor(
    private readonly admin: StatutesAdmin,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get('charter')
  @ApiOperation({ summary: 'Charter and roster, with who signed them' })
  @ApiResponse({ status: 200, description: '`{charter, proposed, roster}`', schema: statutesSchema })
  view(): Promise<StatutesView> {
    return this.admin.look();
  }

  @Post('charter')
  @HttpCode(200)
  @ApiOperation({ summary: 'Propose the next charter, as one of the stewards' })
  @ApiBody({ schema: proposedBody })
  @ApiResponse({ status: 200, description: 'How things stand', schema: statutesSchema })
  @ApiResponse({ status: 409, description: 'There is no charter yet, or this node is no steward' })
  propose(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(proposed)) given: z.infer<typeof proposed>,
  ): Promise<StatutesView> {
    return this.admin.propose(given, whoAsks(request, this.local));
  }

  @Post('charter/sign')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign the charter that waits for signatures' })
  @ApiResponse({ status: 200, description: 'How things stand', schema: statutesSchema })
  @ApiResponse({ status: 409, description: 'None waits, or this node is no steward' })
  signCharter(@Req() request: FastifyRequest): Promise<StatutesView> {
    return this.admin.signCharter(whoAsks(request, this.local));
  }

  @Post('roster/sign')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign who is in, as a hub asks its stewards' })
  @ApiResponse({ status: 200, description: 'How things stand', schema: statutesSchema })
  @ApiResponse({ status: 409, description: 'No hub asks, or this node is no steward' })
  signRoster(@Req() request: FastifyRequest): Promise<StatutesView> {
    return this.admin.signRoster(whoAsks(request, this.local));
  }
}
