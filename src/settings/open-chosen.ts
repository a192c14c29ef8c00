import { type Chosen, withChosen } from '../config/chosen-settings.js';
import type { Config } from '../config/config.js';
import type { SettingsStore } from '../storage/settings-store.js';

export const CHOSEN_SETTING = 'chosen-settings';

/**
 * The configuration of a start: what was chosen in the browser counts where the operator fixed nothing. Where the two
 * do not fit any more, the operator's alone counts, and a warning says so.
 */
export async function openChosen(
  config: Config,
  store: SettingsStore,
): Promise<{ config: Config; warnings: string[] }> {
  const chosen = (await store.get(CHOSEN_SETTING)) as Chosen | null;
  if (chosen === null) return { config, warnings: [] };
  const { config: merged, problems } = withChosen(config, chosen);
  const warnings = problems.map(
    ({ field, detail }) => `what was set in the browser is not used: ${field}: ${detail}`,
  );
  return { config: merged, warnings };
}
