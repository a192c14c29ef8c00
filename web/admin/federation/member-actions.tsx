import type { PeerView } from '../../../src/federation/peer-view.js';
import { send } from '../../shared/session.js';
import { Decision } from '../decision.js';
import { t } from '../texts.js';
import { Effect } from './effect.js';
import { readFederation, statutes } from './feeds.js';
import { nameOf } from './health.js';

async function decided(sent: Promise<unknown>): Promise<void> {
  await sent;
  await Promise.all([readFederation(), statutes.read()]);
}

/** What may be decided of a node that was let in once. */
export function MemberActions({ peer }: { peer: PeerView }) {
  const path = `/v1/admin/peers/${peer.node}`;
  const about = nameOf(peer);
  if (peer.status === 'pending' || peer.status === 'removed') return null;
  const isIn = peer.status === 'active' || peer.status === 'probation';
  return (
    <div class="buttons">
      {isIn ? (
        <Decision
          action={t('memberSuspend')}
          about={about}
          decide={(why) => decided(send('POST', `${path}/suspend`, { why }))}
        >
          <p>{t('memberSuspendText')}</p>
          <Effect node={peer.node} day={null} action="exclude" />
        </Decision>
      ) : (
        <Decision
          action={t('memberReadmit')}
          about={about}
          decide={(why) => decided(send('POST', `${path}/approve`, { why }))}
        >
          <p>{t('approveText')}</p>
        </Decision>
      )}
      <Decision
        action={t('memberRemove')}
        about={about}
        decide={(why) => decided(send('DELETE', `${path}?${new URLSearchParams({ why })}`))}
      >
        <p>{t('memberRemoveText')}</p>
        <Effect node={peer.node} day={null} action="exclude" />
      </Decision>
    </div>
  );
}
