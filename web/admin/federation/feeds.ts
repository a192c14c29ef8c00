import type { AuditPage, OriginsPage, OverlapMatrix } from '../../../src/federation/admin-views.js';
import type { AlertsAnswer } from '../../../src/federation/alert-views.js';
import type { FederationView } from '../../../src/federation/federation-view.js';
import type { JoiningView } from '../../../src/federation/joining-view.js';
import type { NodeStatus } from '../../../src/federation/node-status.js';
import type { PeerView } from '../../../src/federation/peer-view.js';
import type { StatutesView } from '../../../src/federation/statutes-admin.service.js';
import { feed } from '../feed.js';
import { filter } from '../location.js';

/** As many as the node gives at once. */
const ORIGINS_MAX = 200;
export const AUDIT_PAGE = 50;

export const status = feed<NodeStatus>(() => '/v1/admin/status');
export const membership = feed<FederationView>(() => '/v1/admin/federation');
export const peers = feed<{ peers: PeerView[] }>(() => '/v1/admin/peers');
export const origins = feed<OriginsPage>(() => `/v1/admin/federation/origins?limit=${ORIGINS_MAX}`);
export const joining = feed<JoiningView>(() => '/v1/admin/joining');
export const statutes = feed<StatutesView>(() => '/v1/admin/federation/charter');
export const overlaps = feed<OverlapMatrix>(() => `/v1/admin/federation/overlaps?window=${overlapWindow()}`);
export const alerts = feed<AlertsAnswer>(() => '/v1/admin/alerts');
export const audit = feed<AuditPage>(() => {
  const before = filter('before');
  return `/v1/admin/audit?limit=${AUDIT_PAGE}${before ? `&before=${Number(before)}` : ''}`;
});

export function overlapWindow(): '1d' | '7d' | '30d' {
  const window = filter('window');
  return window === '1d' || window === '7d' ? window : '30d';
}

/** What every part of the section stands on. */
export function readFederation(): Promise<unknown> {
  return Promise.all([status, membership, peers, origins, joining, alerts].map((one) => one.read()));
}
