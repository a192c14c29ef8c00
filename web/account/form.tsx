import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { RefusedError } from '../shared/session.js';
import { t } from './texts.js';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  name: string;
  type?: 'text' | 'password';
  autocomplete?: string;
  value?: string;
  required?: boolean;
  disabled?: boolean;
  minLength?: number;
  maxLength?: number;
  inputMode?: 'numeric' | 'url';
  focused?: boolean;
}

/** A labelled input with its hint. A password can be shown. */
export function Field({ label, hint, type = 'text', focused, value, ...rest }: FieldProps) {
  const id = useId();
  const isShown = useSignal(false);
  const attributes = {
    ...{ ...rest, id, class: 'input', autofocus: focused, defaultValue: value },
    ...{ spellcheck: false, autocapitalize: 'none' as const },
    'aria-describedby': hint ? `${id}-hint` : undefined,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === 'password' && !isShown.value ? (
        <input {...attributes} type="password" />
      ) : (
        <input {...attributes} type="text" />
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {type === 'password' && (
        <label class="check">
          <input
            type="checkbox"
            checked={isShown.value}
            onChange={(event) => {
              isShown.value = event.currentTarget.checked;
            }}
          />
          {t('showPassword')}
        </label>
      )}
    </div>
  );
}

/** Why something was refused, in the reader's words where there are some. */
export function wordsOfRefusal(error: unknown): string {
  if (!(error instanceof RefusedError)) return t('noAnswer');
  if (error.kind === 'sign-in-failed') return t('wrong');
  if (error.kind === 'rate-limited') return t('locked', { count: Math.ceil((error.retryAfterS ?? 60) / 60) });
  if (error.kind === 'busy') return t('busy');
  if (error.kind === 'other-site') return t('otherSite');
  if (error.kind === 'link-unknown') return t('linkUsed');
  return t('refused', { detail: error.message });
}

interface FormProps {
  /** What was entered, by name. A rejection is shown and the fields stay as they are. */
  onSubmit(entered: Readonly<Record<string, string>>): Promise<void>;
  action: string;
  children?: ComponentChildren;
}

/** One thing to do: fields, a button, and what went wrong. */
export function Form({ onSubmit, action, children }: FormProps) {
  const problem = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const alert = useRef<HTMLParagraphElement>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = null;
    try {
      await onSubmit(textsOf(new FormData(event.currentTarget as HTMLFormElement)));
    } catch (error) {
      problem.value = wordsOfRefusal(error);
      queueMicrotask(() => alert.current?.focus());
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form class="form" method="post" onSubmit={submit}>
      <p
        class={problem.value === null ? 'form-problem form-calm' : 'form-problem'}
        role="alert"
        tabIndex={-1}
        ref={alert}
      >
        {problem.value}
      </p>
      {children}
      <button type="submit" class="button button-main" aria-disabled={isBusy.value}>
        {action}
      </button>
    </form>
  );
}

function textsOf(entered: FormData): Record<string, string> {
  return Object.fromEntries(
    [...entered].map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
}
