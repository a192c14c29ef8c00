import type { Config } from './config.js';
import { completed, contradictions, type Draft } from './load-config.js';
import { type Setting, settings } from './settings.js';

/** What an administrator may set in the browser, as far as the operator has not set it by environment or file. */
export const CHOOSABLE = [
  'name',
  'publicUrl',
  'listed',
  'publicCounts',
  'counterWindow',
  'trustProxy',
  'ignoreAddresses',
  'honourDoNotTrack',
  'role',
  'hub',
  'peers',
] as const satisfies readonly (keyof typeof settings)[];

export type ChoosableName = (typeof CHOOSABLE)[number];

/** Values as they would stand in the YAML file. A name that is left out has its default. */
export type Chosen = Partial<Record<ChoosableName, unknown>>;

/** What is wrong with a value that was chosen. */
export interface ChoiceProblem {
  field: string;
  detail: string;
}

/**
 * The configuration with what was chosen in the browser. What the operator has fixed wins. A choice that can't be read,
 * or that does not fit the others, is told and changes nothing.
 */
export function withChosen(config: Config, chosen: Chosen): { config: Config; problems: ChoiceProblem[] } {
  const values: Record<string, unknown> = { ...config, role: null, listed: null };
  const problems: ChoiceProblem[] = [];
  for (const name of CHOOSABLE) {
    const setting: Setting<unknown> = settings[name];
    if (config.fixed.includes(name)) values[name] = config[name];
    else if (chosen[name] === undefined || chosen[name] === null) values[name] = setting.fallback;
    else {
      try {
        values[name] = setting.parser(chosen[name]);
      } catch (error) {
        problems.push({ field: name, detail: (error as Error).message });
      }
    }
  }
  if (problems.length > 0) return { config, problems };
  const { reportIntervalMs, ...rest } = values as unknown as Draft & { reportIntervalMs: number };
  const result = completed({ ...rest, reportInterval: reportIntervalMs });
  const contradicted = contradictions(result).map((detail) => ({ field: 'role', detail }));
  return contradicted.length > 0 ? { config, problems: contradicted } : { config: result, problems: [] };
}
