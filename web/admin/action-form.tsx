import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { refusalText } from './refusal-text.js';
import { t } from './texts.js';

export interface ActionFormProps {
  /** What the button says. */
  action: string;
  act(): Promise<unknown>;
  children?: ComponentChildren;
}

/** Something to fill in and do, with what came of it. */
export function ActionForm({ action, act, children }: ActionFormProps) {
  const problem = useSignal<string | null>(null);
  const state = useSignal<'open' | 'busy' | 'done'>('open');
  const submit = async (event: Event) => {
    event.preventDefault();
    state.value = 'busy';
    problem.value = null;
    try {
      await act();
      state.value = 'done';
    } catch (error) {
      problem.value = refusalText(error);
      state.value = 'open';
    }
  };
  return (
    <form class="form" onSubmit={submit}>
      {children}
      {problem.value && (
        <p class="refused" role="alert">
          {problem.value}
        </p>
      )}
      <div class="form-foot">
        <p class="soft small" role="status">
          {state.value === 'done' ? t('done') : ''}
        </p>
        <button type="submit" class="button" disabled={state.value === 'busy'}>
          {action}
        </button>
      </div>
    </form>
  );
}
