import type { Config } from './config.js';
import * as parse from './parsers.js';

/** One thing an operator can set: by environment variable, or by its own name in the YAML file. */
export interface Setting<T> {
  variable: string;
  parser: parse.Parser<T>;
  fallback: T;
}

type Settings = {
  [Name in Exclude<keyof Config, 'role' | 'listed' | 'reportIntervalMs' | 'fixed'>]: Setting<Config[Name]>;
} & {
  reportInterval: Setting<number>;
  role: Setting<Config['role'] | null>;
  listed: Setting<boolean | null>;
};

const setting = <T>(variable: string, parser: parse.Parser<T>, fallback: T): Setting<T> => ({
  variable,
  parser,
  fallback,
});

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
const HUBS_MAX = 3;

export const settings: Settings = {
  port: setting('PORT', parse.integer(0, 65_535), 3000),
  host: setting('HOST', parse.text({ max: 255 }), '0.0.0.0'),
  dataDir: setting('HEADCOUNT_DATA_DIR', parse.text({ max: 4096 }), './data'),
  name: setting<string | null>('HEADCOUNT_NAME', parse.text({ max: 80 }), null),
  publicUrl: setting<string | null>('HEADCOUNT_PUBLIC_URL', parse.httpUrl, null),
  trustProxy: setting<readonly string[]>('HEADCOUNT_TRUST_PROXY', parse.list(parse.addressRange), []),
  visitor: setting('HEADCOUNT_VISITOR', parse.oneOf('ip-ua', 'ip', 'cookie', 'site-id'), 'ip-ua'),
  ignoreAddresses: setting<readonly string[]>('HEADCOUNT_IGNORE', parse.list(parse.addressRange), []),
  honourDoNotTrack: setting('HEADCOUNT_HONOUR_DNT', parse.boolean, true),
  hitsPerMinute: setting('HEADCOUNT_HITS_PER_MINUTE', parse.integer(1, 1_000_000), 600),
  corsOrigins: setting<readonly string[]>('HEADCOUNT_CORS_ORIGINS', parse.list(parse.httpUrl), []),
  adminKey: setting<string | null>('HEADCOUNT_ADMIN_KEY', parse.text({ min: 16, max: 200 }), null),
  writeKey: setting<string | null>('HEADCOUNT_WRITE_KEY', parse.text({ min: 16, max: 200 }), null),
  role: setting<Config['role'] | null>(
    'HEADCOUNT_ROLE',
    parse.oneOf('standalone', 'member', 'peer', 'hub'),
    null,
  ),
  counting: setting('HEADCOUNT_COUNTING', parse.boolean, true),
  hub: setting<Config['hub']>('HEADCOUNT_HUB', parse.list(parse.peerAddress, HUBS_MAX), []),
  peers: setting<Config['peers']>('HEADCOUNT_PEERS', parse.list(parse.peerAddress), []),
  reportInterval: setting(
    'HEADCOUNT_REPORT_INTERVAL',
    parse.duration(SECOND_MS, DAY_MS),
    15 * 60 * SECOND_MS,
  ),
  allowPrivatePeers: setting<readonly string[]>(
    'HEADCOUNT_ALLOW_PRIVATE_PEERS',
    parse.list(parse.addressRange),
    [],
  ),
  sketchMinimum: setting<number | null>('HEADCOUNT_SKETCH_MINIMUM', parse.integer(0, 1_000_000), null),
  counterWindow: setting('HEADCOUNT_COUNTER_WINDOW', parse.oneOf('1d', '7d', '30d', 'all'), '30d'),
  legacyReports: setting('HEADCOUNT_LEGACY_REPORTS', parse.oneOf('off', 'listed', 'open'), 'listed'),
  compatPublicReads: setting('HEADCOUNT_COMPAT_PUBLIC_READS', parse.boolean, false),
  streams: setting('HEADCOUNT_STREAMS', parse.integer(0, 100_000), 4000),
  publicCounts: setting('HEADCOUNT_PUBLIC_COUNTS', parse.boolean, true),
  listed: setting<boolean | null>('HEADCOUNT_LISTED', parse.boolean, null),
  redisUrl: setting<string | null>('REDIS_URL', parse.redisUrl, null),
  holdProbability: setting('HEADCOUNT_HOLD_PROBABILITY', parse.decimal(0, 0.01), 1e-7),
  holdSigmas: setting('HEADCOUNT_HOLD_SIGMAS', parse.decimal(3, 100), 5),
  holdJumpFloor: setting('HEADCOUNT_HOLD_JUMP_FLOOR', parse.integer(0, 1_000_000_000), 10_000),
  holdJumpFactor: setting('HEADCOUNT_HOLD_JUMP_FACTOR', parse.decimal(1, 1000), 4),
  holdLateHours: setting('HEADCOUNT_HOLD_LATE_HOURS', parse.integer(1, 1512), 48),
  holdFallenRegisters: setting('HEADCOUNT_HOLD_FALLEN_REGISTERS', parse.integer(0, 16_384), 0),
  alertMarginalRise: setting('HEADCOUNT_ALERT_MARGINAL_RISE', parse.decimal(0.01, 1), 0.25),
  alertNearCopy: setting('HEADCOUNT_ALERT_NEAR_COPY', parse.decimal(0.8, 1), 0.9),
  alertNearCopyPeople: setting('HEADCOUNT_ALERT_NEAR_COPY_PEOPLE', parse.integer(1000, 1_000_000_000), 1000),
  alertClockSeconds: setting('HEADCOUNT_ALERT_CLOCK_SECONDS', parse.integer(1, 300), 60),
  alertStaleHours: setting('HEADCOUNT_ALERT_STALE_HOURS', parse.integer(1, 1512), 24),
  alertRosterDays: setting('HEADCOUNT_ALERT_ROSTER_DAYS', parse.integer(1, 14), 7),
  metricsAllow: setting<readonly string[]>('HEADCOUNT_METRICS_ALLOW', parse.list(parse.addressRange), []),
};

/** Read by others or only while loading; not a mistake when they are set. */
export const otherVariables = new Set(['HEADCOUNT_CONFIG', 'HEADCOUNT_URL']);
