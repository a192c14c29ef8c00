import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseLogLine } from '../access-log/log-line.js';
import { readLog } from '../access-log/log-lines.js';
import { type Day, dayOf } from '../clock/day.js';
import { visitorKey } from '../identity/visitor-scheme.js';
import { isProgram } from '../tracking/agents.js';

/** One line of the log as a site would send it, moved to end now. */
export interface DemoHit {
  at: string;
  address: string;
  userAgent: string;
  path: string;
}

/** The log divided over instances, with the exact answers. */
export interface DemoInput {
  lines: number;
  /** By instance. */
  hits: DemoHit[][];
  /** Visitor keys that pass the same filters, by instance: what `sort -u` would count. */
  exact: Set<string>[];
  exactInAll: Set<string>;
  /** Exact visitors of each day, all instances together. */
  exactByDay: Map<Day, Set<string>>;
}

/** Reads the log and gives each line to the instance that its first path segment stands for. */
export async function readDemoInput(file: string, instances: number, nowMs: number): Promise<DemoInput> {
  const lines = [];
  for await (const text of readLog(createReadStream(file))) {
    const line = parseLogLine(text);
    if (line) lines.push(line);
  }
  const lastMs = lines.reduce((latest, line) => Math.max(latest, line.timeMs), 0);
  const input: DemoInput = {
    lines: lines.length,
    hits: Array.from({ length: instances }, () => []),
    exact: Array.from({ length: instances }, () => new Set<string>()),
    exactInAll: new Set(),
    exactByDay: new Map(),
  };
  for (const line of lines) {
    const instance = instanceOf(line.path, instances);
    const atMs = line.timeMs - lastMs + nowMs;
    const userAgent = line.userAgent ?? '';
    const hit = {
      at: new Date(atMs).toISOString(),
      address: line.address,
      userAgent,
      path: line.path.slice(0, 1024),
    };
    input.hits[instance]!.push(hit);
    addExact(input, instance, hit, dayOf(atMs));
  }
  return input;
}

function instanceOf(path: string, instances: number): number {
  const segment = path.split(/[/?]/, 2)[1] ?? '';
  return createHash('sha256').update(segment).digest().readUInt32BE() % instances;
}

function addExact(input: DemoInput, instance: number, hit: DemoHit, day: Day): void {
  if (isProgram(hit.userAgent)) return;
  const visitor = visitorKey('ip-ua/1', {
    address: hit.address,
    userAgent: hit.userAgent,
    cookie: null,
    siteId: null,
  });
  if ('missing' in visitor) return;
  input.exact[instance]!.add(visitor.key);
  input.exactInAll.add(visitor.key);
  const ofDay = input.exactByDay.get(day) ?? new Set();
  input.exactByDay.set(day, ofDay.add(visitor.key));
}
