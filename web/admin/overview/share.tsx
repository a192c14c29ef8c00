import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { RefusedError, send } from '../../shared/session.js';
import { refusalText } from '../refusal-text.js';
import { t } from '../texts.js';
import { ToCopy } from '../to-copy.js';
import { isAdministrator } from '../who.js';

const DAYS = [1, 7, 30, 90] as const;

/** A link that shows the overview, and nothing else, to whoever has it. */
export function Share() {
  const dialog = useRef<HTMLDialogElement>(null);
  if (!isAdministrator()) return null;
  return (
    <>
      <button type="button" class="button screen-only" onClick={() => dialog.current!.showModal()}>
        {t('share')}
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby="share-title">
        <h2 id="share-title">{t('shareTitle')}</h2>
        <ShareForm onClose={() => dialog.current!.close()} />
      </dialog>
    </>
  );
}

function ShareForm({ onClose }: { onClose(): void }) {
  const name = useSignal('');
  const days = useSignal(30);
  const link = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  const make = async (event: Event) => {
    event.preventDefault();
    try {
      const { path } = await send<{ path: string }>('POST', '/v1/admin/shares', {
        ...{ name: name.value, days: days.value },
      });
      const shared = new URL(path, location.origin);
      // It opens at what is shown here.
      shared.search = location.search;
      link.value = shared.href;
      problem.value = null;
    } catch (error) {
      problem.value = refusalText(error as RefusedError);
    }
  };
  return (
    <form class="form" onSubmit={make}>
      <p class="soft">{t('shareText')}</p>
      <label class="field">
        <span>{t('shareName')}</span>
        <input
          required
          maxLength={64}
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t('shareFor')}</span>
        <select value={days.value} onChange={(event) => (days.value = Number(event.currentTarget.value))}>
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {t('lastingDays', { count })}
            </option>
          ))}
        </select>
      </label>
      {problem.value && (
        <p class="refused" role="alert">
          {problem.value}
        </p>
      )}
      {link.value && <ToCopy label={t('shareLink')} text={link.value} />}
      <div class="form-foot">
        <button type="button" class="button" onClick={onClose}>
          {t('close')}
        </button>
        <button type="submit" class="button button-main">
          {t('shareMake')}
        </button>
      </div>
    </form>
  );
}
