import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../protocol/refusal.js';
import { FederationNode } from './core/federation-node.js';
import { envelopeSchema } from './federation.openapi.js';
import { UnsignedCalls } from './unsigned-calls.js';

/** Who this node is: its public key, its name and the protocol versions it speaks. */
@ApiTags('federation')
@Controller('.well-known')
export class CardController {
  constructor(
    private readonly node: FederationNode,
    private readonly unsigned: UnsignedCalls,
  ) {}

  @Get('headcount')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'The signed node card' })
  @ApiResponse({ status: 200, description: 'A DSSE envelope that holds the card', schema: envelopeSchema })
  @ApiResponse({ status: 429, description: 'Too many from this address' })
  card(@Req() request: FastifyRequest): string {
    if (!this.unsigned.allowsCard(request)) {
      this.node.countRefusal('rate-limited');
      throw new Refusal('rate-limited');
    }
    return this.node.ownCard();
  }
}
