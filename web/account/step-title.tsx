import { useEffect, useRef } from 'preact/hooks';
import { t } from './texts.js';

/** The heading of a step. It takes the focus, so that whoever does not see the page hears where it went. */
export function StepTitle({ step }: { step: 'stepFederation' | 'stepSite' }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h2 tabIndex={-1} ref={heading}>
      {t(step)}
    </h2>
  );
}
