import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { ClosedConnections } from '../http/closed-connections.js';
import { COUNT_STORE } from '../http/tokens.js';
import type { CountStore } from '../storage/count-store.js';

const NANO = 1e9;
const MICRO = 1e6;
const QUANTILES = [
  ['0.5', 50],
  ['0.99', 99],
  ['1', 100],
] as const;

/** How the process fares, whom its server hung up on, and the writing of visits. All of it is read when somebody asks. */
@Injectable()
export class ProcessMetrics implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly delays: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });

  constructor(registry: Registry, @Inject(COUNT_STORE) counts: CountStore, closed: ClosedConnections) {
    const registers = [registry];
    const asked = <T extends Gauge | Counter>(read: (metric: T) => void) => ({
      registers,
      collect(this: T): void {
        read(this);
      },
    });
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({ name, help, ...asked<Gauge>((metric) => metric.set(value())) });
    const counter = (name: string, help: string, value: () => number) =>
      new Counter({
        ...{ name, help },
        ...asked<Counter>((metric) => {
          metric.reset();
          metric.inc(value());
        }),
      });
    gauge('process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
    gauge('nodejs_heap_used_bytes', 'Used part of the heap', () => process.memoryUsage().heapUsed);
    gauge('process_start_time_seconds', 'When the process began', () => Date.now() / 1000 - process.uptime());
    counter('process_cpu_seconds_total', 'Processor time, user and system', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / MICRO;
    });
    const { delays } = this;
    new Gauge({
      name: 'nodejs_eventloop_delay_seconds',
      help: 'Delay of the event loop since the last scrape',
      labelNames: ['quantile'],
      ...asked<Gauge>((metric) => {
        for (const [quantile, percentile] of QUANTILES)
          metric.set({ quantile }, delays.percentile(percentile) / NANO);
        delays.reset();
      }),
    });
    new Counter({
      name: 'headcount_closed_connections_total',
      help: 'Connections that the node closed on others since the start, by what they did',
      labelNames: ['reason'],
      ...asked<Counter>((metric) => {
        metric.reset();
        for (const [reason, count] of closed.counts) metric.inc({ reason }, count);
      }),
    });
    counter(
      'headcount_commits_total',
      'Groups of visits written to the store',
      () => counts.commitFigures.commits,
    );
    counter(
      'headcount_commit_seconds_total',
      'Time it took to write them',
      () => counts.commitFigures.seconds,
    );
    counter('headcount_committed_visits_total', 'Visits in these groups', () => counts.commitFigures.visits);
    counter(
      'headcount_failed_visits_total',
      'Visits that could not be written, and whose senders were told so',
      () => counts.commitFigures.failedVisits,
    );
    gauge(
      'headcount_waiting_visits',
      'Visits that wait to be written',
      () => counts.commitFigures.waitingVisits,
    );
  }

  onApplicationBootstrap(): void {
    this.delays.enable();
  }

  onApplicationShutdown(): void {
    this.delays.disable();
  }
}
