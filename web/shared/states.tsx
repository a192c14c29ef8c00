import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatAge } from '../i18n/formats.js';
import type { Loaded } from './loaded.js';
import { t } from './texts.js';

/** Nothing to show, and why, and what to do. */
export function Notice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children}
    </div>
  );
}

/** Keeps the place of what is coming. */
export function Loading() {
  return (
    <p class="loading" role="status">
      {t('loading')}
    </p>
  );
}

export function Failed({ status, onRetry }: { status: number | null; onRetry?: (() => void) | undefined }) {
  if (status === 401 || status === 403) return <Notice title={t('closedTitle')}>{t('closedText')}</Notice>;
  if (status === 503) return <Notice title={t('noTotalTitle')}>{t('noTotalText')}</Notice>;
  return (
    <Notice title={t('errorTitle')}>
      <p>{t('errorText')}</p>
      {onRetry && (
        <button type="button" class="button" onClick={onRetry}>
          {t('retry')}
        </button>
      )}
    </Notice>
  );
}

const AGE_EVERY_MS = 10_000;

/** The figures that are shown are old, and grow older. */
export function Stale({ since }: { since: string }) {
  const nowMs = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (nowMs.value = Date.now()), AGE_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return <p class="stale">{t('staleSince', { age: formatAge(since, nowMs.value) })}</p>;
}

export interface PanelProps<Value> {
  of: Loaded<Value>;
  onRetry?: () => void;
  children(value: Value): ComponentChildren;
}

/** What every panel does while there is nothing yet, nothing any more, or nothing new. */
export function Panel<Value extends { asOf: string }>({ of, onRetry, children }: PanelProps<Value>) {
  if (of.value === null)
    return of.failure ? <Failed status={of.failure.status} onRetry={onRetry} /> : <Loading />;
  return (
    <>
      {of.failure && <Stale since={of.value.asOf} />}
      {children(of.value)}
    </>
  );
}
