import { createHash } from 'node:crypto';
import type { Day } from '../../src/clock/day.js';
import type { Report } from '../../src/protocol/report.js';
import type { Decision, LedgerReport, Verdict } from '../../src/storage/ledger.js';

/** Some bytes that stand for a sketch: the ledger takes the bytes on the word of acceptance. */
export interface NamedSketch {
  digest: string;
  bytes: Uint8Array;
}

export function sketchOf(text: string, length = 64): NamedSketch {
  const bytes = new Uint8Array(Buffer.alloc(length, `HYLL ${text} `));
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

export function delivered(...sketches: readonly NamedSketch[]): Map<string, Uint8Array> {
  return new Map(sketches.map(({ digest, bytes }) => [digest, bytes]));
}

/** 43 characters, as a node id has; `name` comes first so that origins sort as their names do. */
export function originOf(name: string): string {
  return name.padEnd(43, '-');
}

interface ReportParts {
  origin: string;
  day: Day;
  seq: number;
  sketches?: readonly NamedSketch[];
  /** Makes another report of the same origin, day and seq. */
  hits?: number;
}

export function ledgerReport({ origin, day, seq, sketches = [], hits = 3 }: ReportParts): LedgerReport {
  const named = sketches.map(({ digest }, index) => [`1f2e3d4c.${index}`, digest] as const);
  const report: Report = {
    v: 1,
    federation: 'test',
    origin,
    day,
    seq,
    issuedAt: `${day}T12:00:00Z`,
    validUntil: `${day}T18:00:00Z`,
    closed: false,
    format: 'hyll-p14-m64a',
    identity: 'ip-ua/1',
    hits,
    uniques: 2,
    windows: { '7d': 2, '30d': 2, all: 2 },
    sketches: Object.fromEntries(named),
    unknownField: 'survives – ünïcode',
  };
  const payload = Buffer.from(JSON.stringify(report));
  const reportId = createHash('sha256').update(payload).digest('hex');
  return {
    origin,
    day,
    seq,
    reportId,
    envelope: envelopeOf(payload),
    report,
    receivedAtMs: 1_795_305_600_123,
  };
}

/** Spaced unusually on purpose: whoever re-serialises it instead of keeping the text is found out. */
function envelopeOf(payload: Buffer): string {
  return `{ "payload" : "${payload.toString('base64')}",\n  "payloadType":"application/vnd.headcount.report.v1+json","signatures":[{"keyid":"k","sig":"c2ln"}] }`;
}

export function decisionOn(report: LedgerReport, verdict: Verdict, parts: Partial<Decision> = {}): Decision {
  const { origin, day, seq } = report;
  return { origin, day, seq, rule: 'accepted', verdict, by: 'rule', atMs: 1_795_305_600_200, ...parts };
}
