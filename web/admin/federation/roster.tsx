import type { NodeStatus } from '../../../src/federation/node-status.js';
import type { PeerView } from '../../../src/federation/peer-view.js';
import type { StatutesView } from '../../../src/federation/statutes-admin.service.js';
import { formatDay, formatInstant } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Notice } from '../../shared/states.js';
import { Decision } from '../decision.js';
import { t } from '../texts.js';
import { isAdministrator } from '../who.js';
import { peers, statutes } from './feeds.js';
import { MemberActions } from './member-actions.js';
import { nameOfNode } from './node-name.js';

export interface RosterProps {
  roster: StatutesView['roster'];
  own: NodeStatus;
  isSteward: boolean;
}

/** Of a hub that counts: nobody had to let it in. */
const FROM_THE_START = '1970-01-01';

/** Who is in, as stewards have signed. */
export function Roster({ roster, own, isSteward }: RosterProps) {
  return (
    <section class="sheet">
      <div class="section-head">
        <h2>{t('rosterTitle')}</h2>
        {isSteward && own.role !== 'hub' && isAdministrator() && <SignRoster />}
      </div>
      {roster ? <Signed roster={roster} own={own} /> : <Notice title={t('rosterNone')} />}
    </section>
  );
}

function Signed({ roster, own }: { roster: NonNullable<RosterProps['roster']>; own: NodeStatus }) {
  const members = [...roster.members].sort((a, b) =>
    nameOfNode(a.node, own).localeCompare(nameOfNode(b.node, own)),
  );
  const decides = own.role !== 'member' && isAdministrator();
  return (
    <>
      <p class="soft small">
        {t('rosterSigned', {
          ...{ number: roster.number, signer: nameOfNode(roster.signer, own) },
          ...{ from: formatInstant(roster.issuedAt, 'local'), to: formatInstant(roster.expiresAt, 'local') },
        })}
      </p>
      <div class="scrolling">
        <table class="origins">
          <thead>
            <tr>
              <th scope="col">{t('originName')}</th>
              <th scope="col">{t('originStatus')}</th>
              <th scope="col">{t('rosterSince')}</th>
              <th scope="col">{t('rosterCounting')}</th>
              {decides && (
                <th scope="col" class="deciding">
                  <span class="heard-only">{t('actions')}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {members.map(({ node, url, counting, status, since }) => (
              <tr key={node}>
                <th scope="row">
                  <span class="origin-name">{nameOfNode(node, own)}</span>{' '}
                  <span class="soft small mono">{url ?? node.slice(0, 8)}</span>
                </th>
                <td>
                  {statusText(status)} <Here standing={peerOf(node)?.status} signed={status} />
                </td>
                <td>{since === FROM_THE_START ? '–' : formatDay(since)}</td>
                <td>{counting ? t('yes') : t('no')}</td>
                {decides && (
                  <td class="deciding">{peerOf(node) && <MemberActions peer={peerOf(node)!} />}</td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What was decided here counts here at once, and on the roster once a steward has signed it. */
function Here({ standing, signed }: { standing: string | undefined; signed: string }) {
  if (standing === undefined || standing === signed) return null;
  return <span class="soft small">{t('rosterHere', { status: statusText(standing) })}</span>;
}

function peerOf(node: string): PeerView | undefined {
  return peers.state.value.value?.peers.find((peer) => peer.node === node);
}

const STATUSES = {
  probation: 'statusProbation',
  active: 'statusActive',
  suspended: 'statusSuspended',
  quarantined: 'statusQuarantined',
  removed: 'statusRemoved',
} as const;

/** A newer hub may know others. */
function statusText(status: string): string {
  return Object.hasOwn(STATUSES, status) ? t(STATUSES[status as keyof typeof STATUSES]) : status;
}

function SignRoster() {
  const decide = async () => {
    await send('POST', '/v1/admin/federation/roster/sign', {});
    await statutes.read();
  };
  return (
    <Decision action={t('rosterSign')} about={t('rosterTitle')} asksWhy={false} decide={decide}>
      <p>{t('rosterSignText')}</p>
    </Decision>
  );
}
