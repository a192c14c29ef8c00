import { randomBytes } from 'node:crypto';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { softwareName, softwareVersion } from '../config/software.js';
import { COUNT_STORE } from '../http/tokens.js';
import { formatFederationLine } from '../identity/federation-line.js';
import { ClockAgreement } from '../keys/clock-agreement.js';
import { KeyHolder } from '../keys/key-holder.js';
import type { NodeKey } from '../protocol/node-key.js';
import { ReportIssuer } from '../reporting/report-issuer.js';
import { reportingModule } from '../reporting/reporting.module.js';
import { takeBack } from '../reporting/take-back.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TOTALS_READER } from '../stats/totals-reader.js';
import type { CountStore } from '../storage/count-store.js';
import { dataPathsOf } from '../storage/data-paths.js';
import type { Records } from '../storage/records.js';
import { AddressVetting } from './address-vetting.js';
import { AdminController } from './admin.controller.js';
import { AlertSchedule } from './alert-schedule.js';
import { AlertsController } from './alerts.controller.js';
import { Alerts } from './alerts.service.js';
import { CardController } from './card.controller.js';
import { alertThresholds, holdThresholds } from './configured-thresholds.js';
import { AlertBoard } from './core/alerts/alert-board.js';
import { AlertWatch } from './core/alerts/alert-watch.js';
import { knownTroubles } from './core/alerts/known-troubles.js';
import { FederationNode, type FederationOptions } from './core/federation-node.js';
import { LedgerTotals } from './core/ledger-totals.js';
import { defaultPolicy } from './core/policy.js';
import { FederationController } from './federation.controller.js';
import { FederationAdmin } from './federation-admin.service.js';
import { FederationGate } from './federation-gate.js';
import { FederationMetrics } from './federation-metrics.js';
import { FederationTotals } from './federation-totals.js';
import { HttpTransport } from './http-transport.js';
import { JoiningController } from './joining.controller.js';
import { JoiningAdmin } from './joining-admin.service.js';
import { JudgementController } from './judgement.controller.js';
import { JudgementAdmin } from './judgement-admin.service.js';
import { OverlapController } from './overlap.controller.js';
import { PreviewController } from './preview.controller.js';
import { Previews } from './preview.service.js';
import { receiveLine } from './receive-line.js';
import { EXCHANGES, FederationSchedule } from './schedule.js';
import { StatutesController } from './statutes.controller.js';
import { StatutesAdmin } from './statutes-admin.service.js';
import { UnsignedCalls } from './unsigned-calls.js';
import { WorkerNearCopies } from './worker-near-copies.js';
import { WorkerTotals } from './worker-totals.js';

export interface FederationParts {
  config: Config;
  clock: Clock;
  records: Records;
  nodeKey: NodeKey;
  exchanges: boolean;
}

const REQUESTS_PER_MINUTE = 60;
const BYTES_PER_HOUR = 20 * 1024 * 1024;
const MINUTE_MS = 60_000;
/** Join, letters, reports, digests, charter, roster, keying and total, twice: a forced round comes between two others. */
const CALLS_PER_ROUND = 18;
/** Bounds of the delay after a failed exchange; below the usual interval only where that is shorter too. */
const RETRY_BASE_MS = 30_000;
const RETRY_CAP_MS = 6 * 3_600_000;

@Global()
@Module({})
class FederationModule {}

/** Others' days come in, ours go out, and totals are made of both. */
export function federationModule(parts: FederationParts): DynamicModule {
  const { config } = parts;
  const serves = config.role === 'hub' || config.role === 'peer';
  return {
    module: FederationModule,
    imports: [reportingModule(parts), SettingsModule],
    controllers: [
      CardController,
      AdminController,
      JudgementController,
      AlertsController,
      PreviewController,
      JoiningController,
      StatutesController,
      OverlapController,
      ...(serves ? [FederationController] : []),
    ],
    providers: [
      { provide: EXCHANGES, useValue: parts.exchanges },
      {
        provide: FederationNode,
        inject: [ReportIssuer, KeyHolder, ClockAgreement, COUNT_STORE],
        useFactory: (issuer: ReportIssuer, keys: KeyHolder, agreement: ClockAgreement, counts: CountStore) =>
          FederationNode.open(optionsOf(parts, issuer, keys, agreement, counts)),
      },
      { provide: TOTALS_READER, useClass: FederationTotals },
      { provide: AlertBoard, useFactory: () => AlertBoard.open({ ...parts.records, clock: parts.clock }) },
      {
        provide: AlertWatch,
        inject: [FederationNode, AlertBoard],
        useFactory: (node: FederationNode, board: AlertBoard) => openWatch(parts, node, board),
      },
      FederationSchedule,
      FederationAdmin,
      JudgementAdmin,
      Alerts,
      FederationMetrics,
      AlertSchedule,
      Previews,
      JoiningAdmin,
      StatutesAdmin,
      UnsignedCalls,
      ...(serves ? [FederationGate] : []),
    ],
    exports: [TOTALS_READER],
  };
}

function optionsOf(
  { config, clock, records, nodeKey }: FederationParts,
  issuer: ReportIssuer,
  keys: KeyHolder,
  agreement: ClockAgreement,
  counts: CountStore,
): FederationOptions {
  const { ledger, peers: peerStore, settings, rulings: rulingStore, audit } = records;
  const software = { name: softwareName, version: softwareVersion };
  const { role, name, publicUrl, listed, counting, hub: hubs, peers, reportIntervalMs } = config;
  return {
    role,
    self: { name, url: publicUrl, software, listed, counting },
    hubs,
    peers,
    key: nodeKey,
    ledger,
    computer: new WorkerTotals(dataPathsOf(config.dataDir).records, new LedgerTotals(ledger)),
    peerStore,
    settings,
    rulingStore,
    audit,
    clock,
    transport: new HttpTransport(new AddressVetting(config.allowPrivatePeers)),
    random: Math.random,
    randomBytes: (count) => randomBytes(count),
    line: () =>
      termsOf(keys) && keys.holdsKey ? formatFederationLine(keys.line(true, nodeKey.nodeId)) : null,
    keyring: keys,
    isJoining: () => keys.current.next !== null,
    receiveLine: (line, federation) => receiveLine(line, federation, { keys, counts, clock }),
    nonce: () => randomBytes(16).toString('base64url'),
    policy: { ...defaultPolicy, reportGapMs: Math.min(defaultPolicy.reportGapMs, reportIntervalMs / 2) },
    thresholds: holdThresholds(config),
    requestsPerMinute: Math.max(
      REQUESTS_PER_MINUTE,
      Math.ceil((CALLS_PER_ROUND * MINUTE_MS) / reportIntervalMs),
    ),
    bytesPerHour: BYTES_PER_HOUR * Math.max(1, MINUTE_MS / reportIntervalMs),
    retry: {
      baseMs: Math.min(RETRY_BASE_MS, reportIntervalMs),
      capMs: Math.min(RETRY_CAP_MS, 24 * reportIntervalMs),
    },
    issueReports: (inAnyCase, charterMinimum) => issuer.issue(inAnyCase, charterMinimum),
    takeBack: (report, sketches) => takeBack(counts, report, sketches),
    terms: () => termsOf(keys),
    witness: (signedMs) => agreement.witness(signedMs),
  };
}

function openWatch(
  { config, clock, records }: FederationParts,
  node: FederationNode,
  alerts: AlertBoard,
): Promise<AlertWatch> {
  const thresholds = alertThresholds(config);
  const { ledger, settings } = records;
  return AlertWatch.open({
    ...{ alerts, settings, clock, thresholds, totals: node.board, publishes: node.publishes },
    copies: new WorkerNearCopies(dataPathsOf(config.dataDir).records, ledger),
    troubles: () => knownTroubles(node.knownState(), thresholds),
  });
}

/** A node that was never told of a federation is in none, although it has keys of its own. */
function termsOf(keys: KeyHolder) {
  const { federation, name, scheme } = keys.current.current;
  if (name === '') return null;
  return { federation, name, identity: scheme, readKey: (day: string) => keys.keyOfWindow(day) ?? '' };
}
