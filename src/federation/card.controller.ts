import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FederationNode } from './core/federation-node.js';
import { envelopeSchema } from './federation.openapi.js';

/** Who this node is: its public key, its name and the protocol versions it speaks. */
@ApiTags('federation')
@Controller('.well-known')
export class CardController {
  constructor(private readonly node: FederationNode) {}

  @Get('headcount')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'The signed node card' })
  @ApiResponse({ status: 200, description: 'A DSSE envelope that holds the card', schema: envelopeSchema })
  card(): string {
    return this.node.ownCard();
  }
}
