import type { AccountView } from '../../../src/accounts/views.js';
import { feed } from '../feed.js';

export const PATH = '/v1/admin/accounts';

export const accounts = feed<{ accounts: AccountView[] }>(() => PATH);

export function pathOf(name: string): string {
  return `${PATH}/${encodeURIComponent(name)}`;
}
