import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { ClosedConnections } from '../http/closed-connections.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsGuard } from './metrics.guard.js';
import { ProcessMetrics } from './process-metrics.js';

/** Where each feature registers what it has to tell; nothing is computed before somebody asks. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [
    { provide: Registry, useFactory: () => new Registry() },
    ClosedConnections,
    MetricsGuard,
    ProcessMetrics,
  ],
  exports: [Registry, ClosedConnections],
})
export class MetricsModule {}
