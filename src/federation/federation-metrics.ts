import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { AlertBoard } from './core/alerts/alert-board.js';
import { AlertWatch } from './core/alerts/alert-watch.js';
import type { Exchange } from './core/exchange.js';
import { FederationNode } from './core/federation-node.js';

/** Each peer is a series of its own up to here; what is more is in the sums alone. */
const PEERS_MAX = 100;
const BREAKERS = { closed: 0, 'half-open': 1, open: 2 } as const;
const SECOND_MS = 1000;

type Series = readonly (readonly [labels: Record<string, string>, value: number])[];

/** The federation, for Prometheus. All of it is read when somebody asks. */
@Injectable()
export class FederationMetrics {
  constructor(
    private readonly registry: Registry,
    private readonly node: FederationNode,
    private readonly alerts: AlertBoard,
    private readonly watch: AlertWatch,
  ) {
    this.counter(
      'headcount_refused_total',
      'Requests and reports refused since the start, by reason',
      ['reason'],
      () => [...node.refused].map(([reason, count]) => [{ reason }, count]),
    );
    this.counter('headcount_held_total', 'Reports held since the start, by rule', ['rule'], () =>
      [...node.heldBy].map(([rule, count]) => [{ rule }, count]),
    );
    this.ofTotals();
    this.ofPeers();
    this.ofAlerts();
  }

  private ofTotals(): void {
    const { totals, board } = this.node;
    this.gauge('headcount_instances', 'Instances in the newest total, by state', ['state'], () => {
      const counts = board.latest()?.total.windows['30d'].instances;
      return Object.entries(counts ?? {}).map(([state, count]) => [{ state }, count]);
    });
    this.gauge('headcount_total_timestamp_seconds', 'When the newest total was computed', [], () => {
      const asOf = board.latest()?.total.asOf;
      return asOf === undefined ? [] : [[{}, Date.parse(asOf) / SECOND_MS]];
    });
    this.counter('headcount_totals_total', 'Totals computed since the start', [], () => [
      [{}, totals.computed],
    ]);
    this.counter('headcount_total_seconds_total', 'Time it took to compute them', [], () => [
      [{}, totals.seconds],
    ]);
    this.gauge('headcount_last_total_seconds', 'Time the newest one took', [], () => [
      [{}, totals.lastSeconds],
    ]);
  }

  private ofPeers(): void {
    const of = (value: (exchange: Exchange) => number | null) => () =>
      this.node.exchanges.slice(0, PEERS_MAX).flatMap((exchange) => {
        const measured = value(exchange);
        return measured === null ? [] : [[{ peer: exchange.address.url }, measured] as const];
      });
    const lastSuccess = ({ nodeId }: Exchange) => {
      const deliveredMs = nodeId === null ? null : this.node.membership.peer(nodeId)?.lastDeliveryMs;
      return deliveredMs ? deliveredMs / SECOND_MS : null;
    };
    const inStep = 'Whether reports and total went through in the last exchange; of the first 100 peers';
    this.gauge(
      'headcount_peer_in_step',
      inStep,
      ['peer'],
      of(({ state }) => (state === 'in step' ? 1 : 0)),
    );
    const breaker = '0 closed, 1 half-open, 2 open; of the first 100 peers';
    this.gauge(
      'headcount_peer_breaker',
      breaker,
      ['peer'],
      of((exchange) => BREAKERS[exchange.breaker]),
    );
    const success = 'When reports were last given to a peer; of the first 100';
    this.gauge('headcount_peer_last_success_timestamp_seconds', success, ['peer'], of(lastSuccess));
    this.gauge('headcount_exchanges', 'Configured hubs and peers, by how the exchange goes', ['state'], () =>
      tally(this.node.exchanges.map(({ state }) => state)).map(([state, count]) => [{ state }, count]),
    );
    this.gauge('headcount_nodes', 'Known nodes, by status', ['status'], () =>
      tally(this.node.membership.peers().map(({ status }) => status)).map(([status, count]) => [
        { status },
        count,
      ]),
    );
  }

  private ofAlerts(): void {
    const asked = async (): Promise<Series> => {
      await this.watch.look();
      return [...this.alerts.counts()].map(([alert, count]) => [{ alert }, count]);
    };
    this.gauge('headcount_alerts', 'Alerts that stand, by name', ['alert'], asked);
    this.gauge('headcount_acknowledged_alerts', 'Those of them that somebody has seen', ['alert'], () =>
      tally(this.alerts.all().flatMap(({ name, acknowledged }) => (acknowledged ? [name] : []))).map(
        ([alert, count]) => [{ alert }, count],
      ),
    );
  }

  private gauge(
    name: string,
    help: string,
    labelNames: string[],
    read: () => Series | Promise<Series>,
  ): void {
    new Gauge({
      ...{ name, help, labelNames, registers: [this.registry] },
      async collect() {
        const series = await read();
        this.reset();
        for (const [labels, value] of series) this.set(labels, value);
      },
    });
  }

  private counter(name: string, help: string, labelNames: string[], read: () => Series): void {
    new Counter({
      ...{ name, help, labelNames, registers: [this.registry] },
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }
}

function tally(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts];
}
