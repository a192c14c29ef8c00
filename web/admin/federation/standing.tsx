import { useSignal } from '@preact/signals';
import type { FederationView } from '../../../src/federation/federation-view.js';
import type { NodeStatus } from '../../../src/federation/node-status.js';
import { formatAge } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Panel } from '../../shared/states.js';
import { formatFullDay } from '../formats.js';
import { refusalText } from '../refusal-text.js';
import { t } from '../texts.js';
import { isAdministrator } from '../who.js';
import { membership, readFederation } from './feeds.js';

/** More warnings are folded away. */
const OPEN_MAX = 2;

/** What this node is in its federation, and which keys it holds. */
export function Standing({ status }: { status: NodeStatus }) {
  return (
    <section class="sheet">
      <h2>{t('standingTitle')}</h2>
      <Panel of={membership.state.value} onRetry={membership.read}>
        {(federation) => <Facts status={status} federation={federation} />}
      </Panel>
      {status.warnings.length > 0 && <Warnings all={status.warnings} />}
      {status.role === 'standalone' && isAdministrator() && <Join />}
    </section>
  );
}

/** Many at once usually say the same of many instances. */
function Warnings({ all }: { all: readonly string[] }) {
  return (
    <details class="warnings" open={all.length <= OPEN_MAX}>
      <summary>{t('warnings', { count: all.length })}</summary>
      {all.map((warning) => (
        <p key={warning} class="stale mono" lang="en">
          {warning}
        </p>
      ))}
    </details>
  );
}

function Facts({ status, federation }: { status: NodeStatus; federation: FederationView }) {
  const rows: [string, string][] = [
    [t('standingFederation'), federation.name ?? t('standingAlone')],
    [t('standingRole'), t(`role-${status.role}`)],
    [t('standingPrivacy'), privacyText(status)],
    [t('standingWords'), status.words],
    [t('standingKeys'), federation.keys.length > 0 ? federation.keys.join(', ') : t('standingNoKeys')],
    [t('standingSince'), formatFullDay(federation.firstDay)],
    ...(federation.next
      ? [
          [
            t('standingNext'),
            `${federation.next.name ?? federation.next.federation}, ${formatFullDay(federation.next.firstDay)}`,
          ] as [string, string],
        ]
      : []),
    [t('standingTotal'), status.totalAsOf ? formatAge(status.totalAsOf, Date.now()) : t('standingNoTotal')],
  ];
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Whoever holds the key should not hold the sketches of others. */
function privacyText({ role, counting }: NodeStatus): string {
  if (role === 'hub') return counting ? t('holdersSeeingHub') : t('holdersBlindHub');
  if (role === 'peer') return t('holdersMesh');
  return role === 'member' ? t('holdersMember') : t('holdersAlone');
}

/** By an invite that somebody else made. */
function Join() {
  const invite = useSignal('');
  const problem = useSignal<string | null>(null);
  const join = async (event: Event) => {
    event.preventDefault();
    try {
      await send('POST', '/v1/admin/join', { invite: invite.value.trim() });
      await readFederation();
    } catch (error) {
      problem.value = refusalText(error);
    }
  };
  return (
    <form class="form" onSubmit={join}>
      <label class="field">
        <span>{t('joinInvite')}</span>
        <textarea
          required
          rows={3}
          maxLength={2048}
          class="mono"
          value={invite.value}
          onInput={(event) => (invite.value = event.currentTarget.value)}
        />
      </label>
      {problem.value && (
        <p class="refused" role="alert">
          {problem.value}
        </p>
      )}
      <div class="form-foot">
        <button type="submit" class="button button-main">
          {t('join')}
        </button>
      </div>
    </form>
  );
}
