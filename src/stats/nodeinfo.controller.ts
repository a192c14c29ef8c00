import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { softwareName, softwareVersion } from '../config/software.js';
import { CONFIG } from '../http/tokens.js';
import type { Counts } from './counts.js';
import { CountsService } from './counts.service.js';
import { nodeinfoLinksSchema, nodeinfoSchema } from './node.openapi.js';

const SCHEMA = 'http://nodeinfo.diaspora.software/ns/schema/2.1';
const CONTENT_TYPE = `application/json; profile="${SCHEMA}#"; charset=utf-8`;

/** NodeInfo 2.1 (nodeinfo.diaspora.software): how directories of federated software ask for a size. */
@ApiTags('stats')
@Controller()
export class NodeinfoController {
  constructor(
    private readonly counts: CountsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('.well-known/nodeinfo')
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ summary: 'Where the NodeInfo document is' })
  @ApiResponse({ status: 200, description: 'A JRD with one link', schema: nodeinfoLinksSchema })
  links(@Req() request: FastifyRequest): { links: { rel: string; href: string }[] } {
    const base = this.config.publicUrl ?? `${request.protocol}://${request.host}`;
    return { links: [{ rel: SCHEMA, href: `${base}/nodeinfo/2.1` }] };
  }

  @Get('nodeinfo/2.1')
  @Header('access-control-allow-origin', '*')
  @Header('content-type', CONTENT_TYPE)
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({ summary: 'NodeInfo 2.1 with the counts of this instance and of the federation' })
  @ApiResponse({ status: 200, description: 'NodeInfo 2.1', schema: nodeinfoSchema })
  async nodeinfo(): Promise<object> {
    const counts = this.config.publicCounts ? await this.publicCounts() : null;
    return {
      version: '2.1',
      software: { name: softwareName, version: softwareVersion },
      protocols: [],
      services: { inbound: [], outbound: [] },
      openRegistrations: false,
      usage: { users: counts ? { total: counts.all, activeMonth: counts.local.uniques.estimate } : {} },
      metadata: { nodeName: this.config.name, ...(counts && { local: counts.local, global: counts.global }) },
    };
  }

  private async publicCounts(): Promise<{ all: number | null; local: Counts; global: Counts | null }> {
    const local = await this.counts.counts('local', '30d');
    const all = await this.counts.counts('local', 'all');
    const global = await this.counts.counts('global', '30d').catch(() => null);
    return { all: all.uniques.estimate, local, global };
  }
}
