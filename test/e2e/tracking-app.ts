import { createHash } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ManualClock } from '../../src/clock/clock.js';
import { addDays, type Day, dayOf, daysFromTo } from '../../src/clock/day.js';
import { compatModule } from '../../src/compat/compat.module.js';
import { compatErrors } from '../../src/compat/compat-errors.js';
import { COUNTS_READER, type CounterQuestion, type CountsReader } from '../../src/compat/counts-reader.js';
import type { Config, WindowName } from '../../src/config/config.js';
import { StoredAccessKeys } from '../../src/http/access-keys.js';
import { Admission } from '../../src/http/admission.js';
import { registerBodyParsers } from '../../src/http/body-parsers.js';
import { LocalSockets } from '../../src/http/local-requests.js';
import { ProblemFilter } from '../../src/http/problem-filter.js';
import type { Sessions } from '../../src/http/sessions.js';
import * as tokens from '../../src/http/tokens.js';
import { schemeOf } from '../../src/identity/visitor-scheme.js';
import { ALL_TIME, daySketchName, hourSketchName, type SketchName } from '../../src/storage/count-store.js';
import { MemoryAccessKeyStore } from '../../src/storage/memory/memory-access-key-store.js';
import { MemoryAuditLog } from '../../src/storage/memory/memory-audit-log.js';
import { MemoryLegacyReportStore } from '../../src/storage/memory/memory-legacy-report-store.js';
import { trackingErrors, trackingModule } from '../../src/tracking/tracking.module.js';
import type { VisitorIds } from '../../src/tracking/visitor-ids.js';
import { ExactCountStore } from '../support/exact-count-store.js';

export const ADMIN_KEY = 'hc_admin_for-the-tests';
export const WRITE_KEY = 'hc_write_for-the-tests';
export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0';
export const NOON_MS = Date.parse('2026-11-22T12:00:00Z');
export const TODAY = dayOf(NOON_MS);
export const TODAYS_SKETCH = daySketchName(TODAY, 'test.0');
/** Days before this one have lost their keys. */
const FIRST_KEYED_DAY = addDays(TODAY, -60);

/** Everything the routes of visits need, in memory, with a clock that stands still. */
export interface TrackingApp {
  app: NestFastifyApplication;
  store: ExactCountStore;
  clock: ManualClock;
  legacyReports: MemoryLegacyReportStore;
  audit: MemoryAuditLog;
  /** Connections that count as the node's own socket. */
  local: LocalSockets;
  /** What `users` was asked. */
  questions: CounterQuestion[];
}

type TestedConfig = Pick<
  Config,
  | 'counting'
  | 'trustProxy'
  | 'ignoreAddresses'
  | 'honourDoNotTrack'
  | 'hitsPerMinute'
  | 'corsOrigins'
  | 'visitor'
  | 'publicUrl'
  | 'compatPublicReads'
  | 'legacyReports'
>;

const DEFAULTS: TestedConfig = {
  counting: true,
  trustProxy: ['127.0.0.1'],
  ignoreAddresses: [],
  honourDoNotTrack: true,
  hitsPerMinute: 1_000_000,
  corsOrigins: [],
  visitor: 'ip-ua',
  publicUrl: null,
  compatPublicReads: false,
  legacyReports: 'listed',
};

export async function startTrackingApp(changes: Partial<TestedConfig> = {}): Promise<TrackingApp> {
  const config: TestedConfig = { ...DEFAULTS, ...changes };
  const clock = new ManualClock(NOON_MS);
  const store = new ExactCountStore();
  const legacyReports = new MemoryLegacyReportStore();
  const audit = new MemoryAuditLog();
  const questions: CounterQuestion[] = [];
  const local = new LocalSockets();
  const bound = new Map<symbol, unknown>([
    [tokens.CONFIG, config],
    [tokens.CLOCK, clock],
    [tokens.COUNT_STORE, store],
    [tokens.VISITOR_IDS, plainIds(config.visitor)],
    [tokens.LEGACY_REPORT_STORE, legacyReports],
    [tokens.AUDIT_LOG, audit],
    [
      tokens.ACCESS_KEYS,
      new StoredAccessKeys(new MemoryAccessKeyStore(), clock, { adminKey: ADMIN_KEY, writeKey: WRITE_KEY }),
    ],
    [tokens.LOCAL_REQUESTS, local],
    [tokens.SESSIONS, { of: async () => null } satisfies Sessions],
    [COUNTS_READER, exactReader(store, questions)],
  ]);
  const filter = new ProblemFilter([trackingErrors, ...compatErrors]);
  const adapter = new FastifyAdapter({ frameworkErrors: filter.answer.bind(filter) });
  registerBodyParsers(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(moduleOf(bound, config), adapter, {
    bodyParser: false,
    logger: false,
  });
  app.useGlobalFilters(filter);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, store, clock, legacyReports, audit, local, questions };
}

function moduleOf(bound: ReadonlyMap<symbol, unknown>, config: TestedConfig) {
  const providers = [...[...bound].map(([provide, useValue]) => ({ provide, useValue })), Admission];

  @Global()
  @Module({ providers, exports: providers })
  class BoundModule {}

  @Module({ imports: [BoundModule, trackingModule(config), compatModule(config)] })
  class TrackingAppModule {}

  return TrackingAppModule;
}

/** Visitor ids without keys: what matters here is who is the same person, not that nobody can tell. */
function plainIds(visitor: Config['visitor']): VisitorIds {
  return {
    scheme: schemeOf(visitor),
    coversDay: (day) => day >= FIRST_KEYED_DAY,
    sightings(visitorKey, day, hour) {
      const visitorId = createHash('sha256').update(visitorKey).digest().subarray(0, 16);
      const names: SketchName[] = [ALL_TIME];
      if (hour !== null) names.push(hourSketchName(hour));
      if (day >= FIRST_KEYED_DAY) names.push(daySketchName(day, 'test.0'));
      return names.map((sketch) => ({ sketch, visitorId }));
    },
  };
}

const WINDOW_DAYS: Readonly<Record<WindowName, number>> = { '1d': 1, '7d': 7, '30d': 30, all: 0 };

function exactReader(store: ExactCountStore, questions: CounterQuestion[]): CountsReader {
  const uniquesOf = (day: Day) => store.uniques(daySketchName(day, 'test.0'));
  return {
    async localUniques(window) {
      if (window === 'all') return store.uniques(ALL_TIME);
      const days = daysFromTo(addDays(TODAY, 1 - WINDOW_DAYS[window]), TODAY);
      return new Set(days.flatMap((day) => [...(store.ids.get(daySketchName(day, 'test.0')) ?? [])])).size;
    },
    async counterUniques(question) {
      questions.push(question);
      return store.uniques(ALL_TIME);
    },
    async dailyUniques(days) {
      return daysFromTo(addDays(TODAY, 1 - days), TODAY).map((day) => ({ day, uniques: uniquesOf(day) }));
    },
  };
}
