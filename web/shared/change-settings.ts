import type { SettingsView } from '../../src/settings/settings-view.js';
import { readJson } from './loaded.js';
import { readSession, send } from './session.js';

const SETTINGS = '/v1/admin/settings';
const STEP_MS = 200;
/** A node that is not back by then does not come back by itself. */
const STEPS_MAX = 150;

/** Changes settings, and waits until the node has started anew with them. Nothing to change is nothing to wait for. */
export async function changeSettings(changes: object): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  const { start, restarting } = await send<SettingsView>('PUT', SETTINGS, changes);
  if (!restarting) return;
  for (let step = 0; step < STEPS_MAX; step++) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    const now = await readJson<SettingsView>(SETTINGS).catch(() => null);
    if (now !== null && now.start !== start) {
      await readSession();
      return;
    }
  }
  throw new TypeError('the node did not come back');
}
