import { Controller, Get, Header, HttpCode, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '../clock/clock.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, COUNT_STORE } from '../http/tokens.js';
import type { CountStore } from '../storage/count-store.js';
import { healthSchema, readySchema } from './node.openapi.js';

interface Health {
  status: 'healthy';
  timestamp: string;
  database: 'connected' | 'unavailable';
}

/** Probes of platforms and load balancers. They never count anybody, however often they come. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    @Inject(COUNT_STORE) private readonly store: CountStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get(['health', 'api/health'])
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The process is alive. Never counts a visit' })
  @ApiResponse({
    status: 200,
    description: '`database` says whether the store answers',
    schema: healthSchema,
  })
  async health(): Promise<Health> {
    const isConnected = await this.storeAnswers();
    return {
      status: 'healthy',
      timestamp: new Date(this.clock.nowMs()).toISOString(),
      database: isConnected ? 'connected' : 'unavailable',
    };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The node can count: its store can be read and written' })
  @ApiResponse({ status: 200, description: 'It can', schema: readySchema })
  @ApiResponse({ status: 503, description: 'The store is away' })
  async ready(): Promise<{ status: 'ready' }> {
    if (await this.storeAnswers()) return { status: 'ready' };
    throw new ProblemError('store-unavailable', 'The store cannot be read or written just now.');
  }

  private storeAnswers(): Promise<boolean> {
    return this.store.check().then(
      () => true,
      () => false,
    );
  }
}
