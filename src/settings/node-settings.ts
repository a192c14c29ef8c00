import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { CHOOSABLE, type ChoosableName, type Chosen, withChosen } from '../config/chosen-settings.js';
import type { Config } from '../config/config.js';
import { ProblemError } from '../http/problem.js';
import { CLOCK, CONFIG, RECORDS, RESTART } from '../http/tokens.js';
import type { Records } from '../storage/records.js';
import { CHOSEN_SETTING } from './open-chosen.js';
import type { SettingsView } from './settings-view.js';

/** What an administrator sets in the browser. It is kept in the records and read at each start. */
@Injectable()
export class NodeSettings {
  private readonly start = randomUUID();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RESTART) private readonly restart: () => void,
  ) {}

  view(config: Config = this.config): SettingsView {
    const settings = Object.fromEntries(
      CHOOSABLE.map((name) => [name, { value: config[name], fixed: config.fixed.includes(name) }]),
    );
    return { settings, restarting: !isDeepStrictEqual(config, this.config), start: this.start };
  }

  /** Null takes a choice back. Throws a problem, and keeps nothing, when one value is wrong or does not fit. */
  async choose(changes: Chosen, by: string): Promise<SettingsView> {
    for (const name of Object.keys(changes) as ChoosableName[]) {
      if (this.config.fixed.includes(name))
        throw new ProblemError('conflict', `${name} is set by the operator's environment or file.`, {
          field: name,
        });
    }
    const before = ((await this.records.settings.get(CHOSEN_SETTING)) ?? {}) as Chosen;
    const chosen = { ...before, ...changes };
    const { config, problems } = withChosen(this.config, chosen);
    const [problem] = problems;
    if (problem) throw new ProblemError('unacceptable-field', problem.detail, { field: problem.field });
    await this.records.settings.put(CHOSEN_SETTING, chosen);
    const subject = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, value === null ? null : textOf(value)]),
    );
    await this.records.audit.append({
      atMs: this.clock.nowMs(),
      by,
      action: 'change settings',
      subject,
      why: '',
    });
    return this.view(config);
  }

  /** Starts the node anew with what was chosen. */
  startAnew(): void {
    this.restart();
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
