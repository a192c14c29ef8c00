import type { AlertsAnswer, AlertView } from '../../../src/federation/alert-views.js';
import { formatAge, formatInstant, formatShare } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Notice, Panel } from '../../shared/states.js';
import { Decision } from '../decision.js';
import { formatUnit } from '../formats.js';
import { t } from '../texts.js';
import { isAdministrator } from '../who.js';
import { alerts } from './feeds.js';
import { shortId } from './health.js';

const NAMES = {
  'marginal-rise': 'alertMarginalRise',
  'newcomers-rise': 'alertNewcomersRise',
  'near-copy': 'alertNearCopy',
  'key-mismatch': 'alertKeyMismatch',
  'other-key': 'alertOtherKey',
  clone: 'alertClone',
  quarantine: 'alertQuarantine',
  'breaker-open': 'alertBreakerOpen',
  'clock-offset': 'alertClockOffset',
  stale: 'alertStale',
  'roster-expiring': 'alertRosterExpiring',
  'roster-expired': 'alertRosterExpired',
} as const;

/** What a person should look at. Nothing is held for it. */
export function Alerts() {
  return (
    <section class="sheet">
      <h2>{t('alertsTitle')}</h2>
      <p class="soft small">{t('alertsText')}</p>
      <Panel of={alerts.state.value} onRetry={alerts.read}>
        {(answer) => (answer.alerts.length === 0 ? <Notice title={t('alertsNone')} /> : <List {...answer} />)}
      </Panel>
    </section>
  );
}

function List({ alerts: all }: AlertsAnswer) {
  return (
    <>
      {all.map((alert) => (
        <Alert key={alert.id} alert={alert} />
      ))}
    </>
  );
}

function Alert({ alert }: { alert: AlertView }) {
  const about = aboutText(alert);
  const decide = async (why: string) => {
    await send('POST', `/v1/admin/alerts/${encodeURIComponent(alert.id)}/acknowledge`, { why });
    await alerts.read();
  };
  return (
    <article class="asking">
      <div>
        <h3>{alertText(alert)}</h3>
        {about && <p class="origin-name">{about}</p>}
        <p class="soft small">
          {alert.measured !== null && alert.threshold !== null && (
            <>
              {t('ruleMeasured', {
                measured: figure(alert, alert.measured),
                threshold: figure(alert, alert.threshold),
              })}{' '}
            </>
          )}
          {t('alertSince', { age: formatAge(alert.since, Date.now()) })}
        </p>
        {alert.acknowledged && (
          <p class="small">
            {t('alertSeen', {
              by: alert.acknowledged.by,
              time: formatInstant(alert.acknowledged.at, 'local'),
            })}{' '}
            {alert.acknowledged.why}
          </p>
        )}
      </div>
      {isAdministrator() && !alert.acknowledged && (
        <Decision action={t('acknowledge')} about={about || alertText(alert)} decide={decide}>
          <p>{t('acknowledgeText')}</p>
        </Decision>
      )}
    </article>
  );
}

function alertText({ name }: AlertView): string {
  return Object.hasOwn(NAMES, name) ? t(NAMES[name as keyof typeof NAMES]) : name;
}

function aboutText({ node, nodeName, other, otherName }: AlertView): string {
  const one = nodeName ?? (node && shortId(node));
  const two = otherName ?? (other && shortId(other));
  return [one, two].filter(Boolean).join(' · ');
}

const UNITS: Readonly<Record<string, 'hour' | 'second'>> = { stale: 'hour', 'clock-offset': 'second' };

/** What has no unit is a share. */
function figure({ name }: AlertView, value: number): string {
  const unit = UNITS[name];
  return unit === undefined ? formatShare(value) : formatUnit(value, unit);
}
