import { useSignal } from '@preact/signals';
import type { JoiningView } from '../../../src/federation/joining-view.js';
import type { PeerView } from '../../../src/federation/peer-view.js';
import { formatAge } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Notice } from '../../shared/states.js';
import { Decision } from '../decision.js';
import { refusalText } from '../refusal-text.js';
import { t } from '../texts.js';
import { ToCopy } from '../to-copy.js';
import { isAdministrator } from '../who.js';
import { readFederation } from './feeds.js';
import { nameOf } from './health.js';

async function decided(path: string, body: object): Promise<void> {
  await send('POST', `/v1/admin/${path}`, body);
  await readFederation();
}

/** Who asks to be let in, for the key, or offers one; and invites. */
export function Waiting({ peers, joining }: { peers: readonly PeerView[]; joining: JoiningView }) {
  const pending = peers.filter(({ status }) => status === 'pending');
  return (
    <>
      <section class="sheet">
        <h2>{t('pendingTitle')}</h2>
        <p class="soft small">{t('pendingText')}</p>
        {pending.length === 0 && <Notice title={t('pendingNone')} />}
        {pending.map((peer) => (
          <Pending key={peer.node} peer={peer} />
        ))}
      </section>
      {joining.requests.length > 0 && <KeyRequests joining={joining} />}
      {joining.offers.length > 0 && <KeyOffers joining={joining} />}
      {isAdministrator() && <Invites />}
    </>
  );
}

function Pending({ peer }: { peer: PeerView }) {
  return (
    <article class="asking">
      <div>
        <h3 class="origin-name">{nameOf(peer)}</h3>
        <p class="words">{peer.words}</p>
        <p class="soft small">
          <span class="mono">{peer.node}</span> · {peer.software} ·{' '}
          {t('askedSince', { age: formatAge(peer.statusSince, Date.now()) })}
        </p>
      </div>
      {isAdministrator() && (
        <div class="buttons">
          <Approve peer={peer} />
          <Decision
            action={t('refuse')}
            about={nameOf(peer)}
            decide={(why) => decided(`peers/${peer.node}/forget`, { why })}
          >
            <p>{t('refuseText')}</p>
          </Decision>
        </div>
      )}
    </article>
  );
}

function Approve({ peer }: { peer: PeerView }) {
  const isTrusted = useSignal(false);
  return (
    <Decision
      action={t('approve')}
      about={nameOf(peer)}
      isMain
      decide={(why) => decided(`peers/${peer.node}/approve`, { trusted: isTrusted.value, why })}
    >
      <p>{t('approveText')}</p>
      <p class="words">{peer.words}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={isTrusted.value}
          onChange={(event) => (isTrusted.value = event.currentTarget.checked)}
        />
        <span>{t('approveTrusted')}</span>
      </label>
    </Decision>
  );
}

function KeyRequests({ joining }: { joining: JoiningView }) {
  return (
    <section class="sheet">
      <h2>{t('keyAskedTitle')}</h2>
      {joining.requests.map((asker) => (
        <article key={asker.node} class="asking">
          <div>
            <h3 class="origin-name">{nameOf(asker)}</h3>
            <p class="words">{asker.words}</p>
            {asker.endorsed && <p class="soft small">{t('keyGiven')}</p>}
          </div>
          {isAdministrator() && !asker.endorsed && (
            <Decision
              action={t('giveKey')}
              about={nameOf(asker)}
              isMain
              decide={(why) => decided('endorse', { node: asker.node, why })}
            >
              <p>{t('giveKeyText')}</p>
            </Decision>
          )}
        </article>
      ))}
    </section>
  );
}

function KeyOffers({ joining }: { joining: JoiningView }) {
  return (
    <section class="sheet">
      <h2>{t('keyOfferedTitle')}</h2>
      {joining.offers.map((offer) => (
        <article key={offer.node} class="asking">
          <div>
            <h3 class="origin-name">{nameOf(offer)}</h3>
            <p class="words">{offer.words}</p>
          </div>
          {isAdministrator() && (
            <Decision
              action={t('takeKey')}
              about={nameOf(offer)}
              isMain
              decide={(why) => decided('accept', { node: offer.node, why })}
            >
              <p>{t('takeKeyText')}</p>
            </Decision>
          )}
        </article>
      ))}
    </section>
  );
}

/** One line that lets another node ask to be let in. Whoever asks is still approved by a person. */
function Invites() {
  const invite = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  const make = async () => {
    try {
      invite.value = (await send<{ invite: string }>('POST', '/v1/admin/invites')).invite;
      problem.value = null;
    } catch (error) {
      problem.value = refusalText(error);
    }
  };
  return (
    <section class="sheet">
      <h2>{t('inviteTitle')}</h2>
      <p class="soft small">{t('inviteText')}</p>
      {invite.value !== null && <ToCopy label={t('inviteLine')} text={invite.value} />}
      {problem.value && (
        <p class="refused" role="alert">
          {problem.value}
        </p>
      )}
      <button type="button" class="button" onClick={make}>
        {t('inviteMake')}
      </button>
    </section>
  );
}
