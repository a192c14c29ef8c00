import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { refusalText } from './refusal-text.js';
import { t } from './texts.js';

export interface DecisionProps {
  /** What the button says that opens it, and its title. */
  action: string;
  /** What the button is about, for those who hear it without its surroundings. */
  about: string;
  isMain?: boolean;
  /** Whether the audit log keeps why. */
  asksWhy?: boolean;
  decide(why: string): Promise<unknown>;
  /** What it will do, shown before it is done. */
  children: ComponentChildren;
}

/** Something that is done after a person has seen what it does, said why, and confirmed. */
export function Decision({ action, about, isMain = false, asksWhy = true, decide, children }: DecisionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = useSignal(false);
  const title = useId();
  const open = () => {
    isOpen.value = true;
    dialog.current!.showModal();
  };
  return (
    <>
      <button
        type="button"
        class={isMain ? 'button button-main' : 'button'}
        aria-label={`${action}: ${about}`}
        onClick={open}
      >
        {action}
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby={title} onClose={() => (isOpen.value = false)}>
        <h2 id={title}>{`${action}: ${about}`}</h2>
        {isOpen.value && (
          <DecisionForm
            action={action}
            asksWhy={asksWhy}
            decide={decide}
            onClose={() => dialog.current!.close()}
          >
            {children}
          </DecisionForm>
        )}
      </dialog>
    </>
  );
}

type FormProps = Pick<DecisionProps, 'action' | 'decide' | 'children'> & {
  asksWhy: boolean;
  onClose(): void;
};

function DecisionForm({ action, asksWhy, decide, onClose, children }: FormProps) {
  const why = useSignal('');
  const problem = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const confirm = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    try {
      await decide(why.value.trim());
      onClose();
    } catch (error) {
      problem.value = refusalText(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form class="form" onSubmit={confirm}>
      {children}
      {asksWhy && (
        <label class="field">
          <span>{t('decisionWhy')}</span>
          <input
            required
            maxLength={500}
            value={why.value}
            onInput={(event) => (why.value = event.currentTarget.value)}
          />
        </label>
      )}
      {problem.value && (
        <p class="refused" role="alert">
          {problem.value}
        </p>
      )}
      <div class="form-foot">
        <button type="button" class="button" onClick={onClose}>
          {t('cancel')}
        </button>
        <button type="submit" class="button button-main" disabled={isBusy.value}>
          {action}
        </button>
      </div>
    </form>
  );
}
