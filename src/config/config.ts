export type VisitorSetting = 'ip-ua' | 'ip' | 'cookie' | 'site-id';
export type Role = 'standalone' | 'member' | 'peer' | 'hub';
export type WindowName = '1d' | '7d' | '30d' | 'all';
export type LegacyReportsSetting = 'off' | 'listed' | 'open';

/** Where another node is, and its node id when the operator pinned it (`https://hub.example#<node id>`). */
export interface PeerAddress {
  url: string;
  nodeId: string | null;
}

/** Everything an operator can set. Durations in milliseconds. Read once at start, never changed after. */
export interface Config {
  /** Names of the settings that the operator gave by environment or file: nobody sets these in the browser. */
  fixed: readonly string[];
  port: number;
  host: string;
  /** Database, keys, lock and socket live here. */
  dataDir: string;
  name: string | null;
  /** Without a trailing slash. Null for a node that nobody else needs to reach. */
  publicUrl: string | null;
  /** Addresses and CIDRs whose X-Forwarded-For is believed. */
  trustProxy: readonly string[];
  /** What stands for a person. Must be the same in the whole federation. */
  visitor: VisitorSetting;
  /** Addresses and CIDRs whose visits are not counted. */
  ignoreAddresses: readonly string[];
  honourDoNotTrack: boolean;
  /** Hits a minute that one address may send before it gets 429. */
  hitsPerMinute: number;
  /** Origins that may call the tracking routes with credentials; everyone may without. */
  corsOrigins: readonly string[];
  adminKey: string | null;
  writeKey: string | null;
  role: Role;
  /** False makes a hub blind: it counts no site of its own and holds no epoch key. */
  counting: boolean;
  /** At most three. The first that answers gives the total that is shown. */
  hub: readonly PeerAddress[];
  peers: readonly PeerAddress[];
  reportIntervalMs: number;
  allowPrivatePeers: readonly string[];
  /** Below this many visitors a day reports carry no sketch, only counts. Null: by what the receivers can do with it. */
  sketchMinimum: number | null;
  counterWindow: WindowName;
  legacyReports: LegacyReportsSetting;
  compatPublicReads: boolean;
  /** Readers that may follow the counts at once by /v1/stream. Each costs about 30 kB. */
  streams: number;
  /** Counts, history and instances are open to everyone. */
  publicCounts: boolean;
  /** The instance agrees to be shown by name in public lists. */
  listed: boolean;
  redisUrl: string | null;
  /** What reports are held for (docs/PROTOCOL.md, "Judgement"). */
  holdProbability: number;
  holdSigmas: number;
  holdJumpFloor: number;
  holdJumpFactor: number;
  holdLateHours: number;
  holdFallenRegisters: number;
  /** What a person is told of, while the reports go on counting. */
  alertMarginalRise: number;
  alertNearCopy: number;
  alertNearCopyPeople: number;
  alertClockSeconds: number;
  alertStaleHours: number;
  alertRosterDays: number;
  /** Addresses and CIDRs that read /metrics without a key. */
  metricsAllow: readonly string[];
}
