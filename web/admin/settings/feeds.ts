import type { BackupsView } from '../../../src/backup/backup.controller.js';
import type { BadgeLook } from '../../../src/badge/badge-options.js';
import type { RetentionView } from '../../../src/retention/retention.controller.js';
import type { AddressView } from '../../../src/settings/address.controller.js';
import type { KeyView } from '../../../src/settings/key-ring.js';
import type { PrivacyFacts } from '../../../src/settings/privacy-facts.js';
import type { SettingsView } from '../../../src/settings/settings-view.js';
import { feed } from '../feed.js';

export const settings = feed<SettingsView>(() => '/v1/admin/settings');
export const privacy = feed<PrivacyFacts>(() => '/v1/privacy');
export const retention = feed<RetentionView>(() => '/v1/admin/retention');
export const keys = feed<{ keys: KeyView[] }>(() => '/v1/admin/keys');
export const shares = feed<{ keys: KeyView[] }>(() => '/v1/admin/shares');
export const address = feed<AddressView>(() => '/v1/admin/address');
export const appearance = feed<BadgeLook>(() => '/v1/admin/appearance');
export const backups = feed<BackupsView>(() => '/v1/admin/backup');

export function readSettings(): Promise<unknown> {
  return Promise.all(
    [settings, privacy, retention, keys, shares, address, appearance, backups].map((one) => one.read()),
  );
}
