import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { MetricsController } from './metrics.controller.js';
import { MetricsGuard } from './metrics.guard.js';
import { ProcessMetrics } from './process-metrics.js';

/** Where each feature registers what it has to tell; nothing is computed before somebody asks. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [{ provide: Registry, useFactory: () => new Registry() }, MetricsGuard, ProcessMetrics],
  exports: [Registry],
})
export class MetricsModule {}
