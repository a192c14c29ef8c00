import { Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isoSeconds } from '../clock/day.js';
import { RequireKey } from '../http/require-key.js';
import type { LegacyReport } from '../storage/legacy-report-store.js';
import { legacyListSchema, legacySchema } from './compat.openapi.js';
import { LegacyReports } from './legacy-reports.js';

/** An instance of the earlier system, as its administrator sees it. */
export interface LegacyView {
  instance: string;
  count: number;
  receivedAt: string;
  listed: boolean;
}

/** Which instances of the earlier system are shown, each in a row of its own, in the sum and never in the union. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/legacy')
export class LegacyAdminController {
  constructor(@Inject(LegacyReports) private readonly reports: LegacyReports) {}

  @Get()
  @ApiOperation({ summary: 'Instances of the earlier system that sent a plain count, listed or waiting' })
  @ApiResponse({ status: 200, description: 'Ordered by id', schema: legacyListSchema })
  async list(): Promise<{ instances: LegacyView[] }> {
    return { instances: (await this.reports.all()).map(viewOf) };
  }

  @Post(':instance/list')
  @HttpCode(200)
  @ApiOperation({ summary: 'Show an instance and add its count to the sum' })
  @ApiParam({ name: 'instance', description: 'Instance id as it was sent' })
  @ApiResponse({ status: 200, description: 'The instance as it stands now', schema: legacySchema })
  @ApiResponse({ status: 404, description: 'It has sent no count' })
  async show(@Param('instance') instance: string): Promise<LegacyView> {
    return viewOf(await this.reports.setListed(instance, true));
  }

  @Delete(':instance/list')
  @ApiOperation({ summary: 'Show an instance no more' })
  @ApiParam({ name: 'instance', description: 'Instance id as it was sent' })
  @ApiResponse({ status: 200, description: 'The instance as it stands now', schema: legacySchema })
  @ApiResponse({ status: 404, description: 'It has sent no count' })
  async hide(@Param('instance') instance: string): Promise<LegacyView> {
    return viewOf(await this.reports.setListed(instance, false));
  }
}

function viewOf({ instanceId, count, receivedAtMs, listed }: LegacyReport): LegacyView {
  return { instance: instanceId, count, receivedAt: isoSeconds(receivedAtMs), listed };
}
