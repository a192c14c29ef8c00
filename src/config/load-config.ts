import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import type { Config, Role } from './config.js';
import { otherVariables, type Setting, settings } from './settings.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the configuration, each line naming the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(
      `the configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n  ${problems.join('\n  ')}`,
    );
  }
}

/**
 * Reads the configuration from the environment and, where HEADCOUNT_CONFIG names one, from a YAML file; the
 * environment wins. Throws ConfigError with all mistakes at once.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const file = readFile(environment.HEADCOUNT_CONFIG, problems);
  problems.push(...unknownNames(environment, file), ...refusedVariables(environment));
  const values: Record<string, unknown> = { fixed: fixedNames(environment, file) };
  for (const [name, setting] of Object.entries(settings) as [string, Setting<unknown>][]) {
    values[name] = readSetting(name, setting, environment, file, problems);
  }
  const config = completed(values as unknown as Draft);
  // What follows from a value that could not be read is no mistake of its own.
  if (!problems.some((problem) => FEDERATING.test(problem))) problems.push(...contradictions(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The settings that must fit each other. */
const FEDERATING = /HEADCOUNT_(ROLE|COUNTING|HUB|PEERS|PUBLIC_URL)\b/;

/** The settings as they stand, before what follows from them. */
export type Draft = Omit<Config, 'role' | 'listed' | 'reportIntervalMs'> & {
  reportInterval: number;
  role: Role | null;
  listed: boolean | null;
};

function readSetting(
  name: string,
  setting: Setting<unknown>,
  environment: Environment,
  file: Readonly<Record<string, unknown>>,
  problems: string[],
): unknown {
  const isSet = isSetIn(environment, setting.variable);
  const given = isSet ? environment[setting.variable] : file[name];
  if (given === undefined || given === null) return setting.fallback;
  try {
    return setting.parser(given);
  } catch (error) {
    problems.push(
      `${isSet ? setting.variable : `${name} (${setting.variable})`}: ${(error as Error).message}`,
    );
    return setting.fallback;
  }
}

function isSetIn(environment: Environment, variable: string): boolean {
  return (environment[variable] ?? '').trim() !== '';
}

function fixedNames(environment: Environment, file: Readonly<Record<string, unknown>>): string[] {
  const names = Object.entries(settings) as [string, Setting<unknown>][];
  return names
    .filter(([name, { variable }]) => isSetIn(environment, variable) || (file[name] ?? null) !== null)
    .map(([name]) => name);
}

function readFile(path: string | undefined, problems: string[]): Record<string, unknown> {
  if (!path) return {};
  try {
    const document: unknown = parseYaml(readFileSync(path, 'utf8')) ?? {};
    if (typeof document === 'object' && !Array.isArray(document)) return document as Record<string, unknown>;
    problems.push(`HEADCOUNT_CONFIG: ${path} should hold names and values, one a line`);
  } catch (error) {
    problems.push(`HEADCOUNT_CONFIG: ${path} could not be read: ${(error as Error).message}`);
  }
  return {};
}

function unknownNames(environment: Environment, file: Readonly<Record<string, unknown>>): string[] {
  const variables = new Set(Object.values(settings).map((setting) => setting.variable));
  const unknownVariables = Object.keys(environment).filter(
    (name) => name.startsWith('HEADCOUNT_') && !variables.has(name) && !otherVariables.has(name),
  );
  const unknownFields = Object.keys(file).filter((name) => !(name in settings));
  return [
    ...unknownVariables.map((name) => `${name}: there is no such setting`),
    ...unknownFields.map((name) => `${name} (in HEADCOUNT_CONFIG): there is no such setting`),
  ];
}

function refusedVariables(environment: Environment): string[] {
  if (!environment.DATABASE_URL) return [];
  return [
    'DATABASE_URL: PostgreSQL is not supported yet; unset it, and the node keeps its records in SQLite',
  ];
}

export function completed(draft: Draft): Config {
  const role = draft.role ?? derivedRole(draft);
  const { reportInterval, ...rest } = draft;
  const listed = draft.listed ?? draft.name !== null;
  const config: Config = { ...rest, role, listed, reportIntervalMs: reportInterval };
  return config;
}

function derivedRole(draft: Draft): Role {
  if (draft.hub.length > 0) return 'member';
  return draft.peers.length > 0 ? 'peer' : 'standalone';
}

export function contradictions(config: Config): string[] {
  const problems: string[] = [];
  const { role, hub: hubs, peers, publicUrl } = config;
  const addresses = [...hubs, ...peers].map(({ url }) => url);
  if (hubs.length > 0 && peers.length > 0)
    problems.push('HEADCOUNT_HUB, HEADCOUNT_PEERS: set one of the two, not both');
  if (role === 'member' && hubs.length === 0)
    problems.push('HEADCOUNT_HUB: a member needs the URL of its hub');
  if (role === 'peer' && peers.length === 0)
    problems.push('HEADCOUNT_PEERS: a peer needs the URLs of the others');
  if (role !== 'member' && role !== 'hub' && hubs.length > 0)
    problems.push(`HEADCOUNT_ROLE: ${role} does not go with HEADCOUNT_HUB`);
  if (role !== 'peer' && peers.length > 0)
    problems.push(`HEADCOUNT_ROLE: ${role} does not go with HEADCOUNT_PEERS`);
  if ((role === 'hub' || role === 'peer') && !publicUrl) {
    problems.push(`HEADCOUNT_PUBLIC_URL: a ${role} needs the URL at which the others reach it`);
  }
  const variable = hubs.length > 0 ? 'HEADCOUNT_HUB' : 'HEADCOUNT_PEERS';
  if (new Set(addresses).size < addresses.length) problems.push(`${variable}: names one address twice`);
  if (publicUrl && addresses.includes(publicUrl)) {
    problems.push(`${variable}: names this node itself, whose HEADCOUNT_PUBLIC_URL it is`);
  }
  if (!config.counting && role !== 'hub') {
    problems.push('HEADCOUNT_COUNTING: only a hub may count no site of its own (HEADCOUNT_ROLE=hub)');
  }
  return problems;
}
