import { useSignal } from '@preact/signals';
import type { BackupsView } from '../../../src/backup/backup.controller.js';
import { formatInstant, formatNumber } from '../../i18n/formats.js';
import { send } from '../../shared/session.js';
import { Panel } from '../../shared/states.js';
import { ActionForm } from '../action-form.js';
import { Decision } from '../decision.js';
import { t } from '../texts.js';
import { backups } from './feeds.js';

const PATH = '/v1/admin/backup';
const MEGABYTE = 1_000_000;

/** Copies of what the node keeps, made while it runs. */
export function BackupsSheet() {
  const withKeys = useSignal(false);
  const make = async () => {
    await send('POST', PATH, { withKeys: withKeys.value });
    await backups.read();
  };
  return (
    <section class="sheet">
      <h2>{t('backupsTitle')}</h2>
      <Panel of={backups.state.value} onRetry={backups.read}>
        {(view) => <List {...view} />}
      </Panel>
      <ActionForm action={t('backupMake')} act={make}>
        <label class="check">
          <input
            type="checkbox"
            checked={withKeys.value}
            onChange={(event) => (withKeys.value = event.currentTarget.checked)}
          />
          <span>{t('backupWithKeys')}</span>
        </label>
      </ActionForm>
    </section>
  );
}

function List({ folder, leftOut, backups: all }: BackupsView) {
  return (
    <>
      <p class="soft small">
        {t('backupsFolder')} <span class="mono">{folder}</span>
      </p>
      {leftOut && (
        <p class="stale" lang="en">
          {leftOut}
        </p>
      )}
      {all.length === 0 && <p class="soft">{t('backupsNone')}</p>}
      {all.map(({ name, createdAt, bytes, hasKeys }) => (
        <article key={name} class="entry">
          <div>
            <strong>{formatInstant(createdAt, 'local')}</strong>
            <p class="soft small">
              {formatNumber(Math.ceil(bytes / MEGABYTE))} MB ·{' '}
              {hasKeys ? t('backupHasKeys') : t('backupNoKeys')}
            </p>
          </div>
          <div class="buttons">
            <a
              class="button"
              href={`${PATH}/${name}`}
              download={`headcount-${name}.tar`}
              aria-label={`${t('backupDownload')}: ${name}`}
            >
              {t('backupDownload')}
            </a>
            <Decision action={t('backupDelete')} about={name} asksWhy={false} decide={() => remove(name)}>
              <p>{t('backupDeleteText')}</p>
            </Decision>
          </div>
        </article>
      ))}
    </>
  );
}

async function remove(name: string): Promise<void> {
  await send('DELETE', `${PATH}/${name}`);
  await backups.read();
}
