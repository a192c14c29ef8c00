import { useSignal } from '@preact/signals';
import { h } from 'preact';
import { useEffect } from 'preact/hooks';
import { WINDOWS, type WindowName, windowText } from '../../shared/windows.js';
import { t } from '../texts.js';
import { ToCopy } from '../to-copy.js';

const WIDGET = '/widget.js';

/** The counter and the badge as they will look, and what to put on the site for them. */
export function Appearance() {
  const window = useSignal<WindowName>('30d');
  const scope = useSignal<'global' | 'local'>('global');
  useEffect(loadWidget, []);
  const { origin } = location;
  const attributes = `window="${window.value}" scope="${scope.value}"`;
  const badge = `${origin}/badge/${window.value}.svg?scope=${scope.value}`;
  return (
    <section class="sheet">
      <h2>{t('appearanceTitle')}</h2>
      <div class="choices">
        <label class="field">
          <span>{t('windowLabel')}</span>
          <select
            value={window.value}
            onChange={(event) => (window.value = event.currentTarget.value as WindowName)}
          >
            {WINDOWS.map((name) => (
              <option key={name} value={name}>
                {windowText(name)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t('scopeLabel')}</span>
          <select
            value={scope.value}
            onChange={(event) => (scope.value = event.currentTarget.value as 'global' | 'local')}
          >
            <option value="global">{t('everywhere')}</option>
            <option value="local">{t('here')}</option>
          </select>
        </label>
      </div>
      <div class="preview">
        {h('headcount-counter', { window: window.value, scope: scope.value })}
        <img src={badge} alt={t('badgeAlt')} height="20" />
      </div>
      <ToCopy label={t('snippetTracker')} text={`<script defer src="${origin}/tracker.js"></script>`} />
      <ToCopy
        label={t('snippetWidget')}
        text={`<script async src="${origin}/widget.js"></script>\n<headcount-counter ${attributes}></headcount-counter>\n<noscript><img src="${badge}" alt=""></noscript>`}
      />
      <ToCopy label={t('snippetBadge')} text={`[![Headcount](${badge})](${origin}/)`} />
    </section>
  );
}

/** The same file that other sites load. */
function loadWidget(): void {
  if (document.querySelector(`script[src="${WIDGET}"]`)) return;
  const script = document.createElement('script');
  script.src = WIDGET;
  document.head.append(script);
}
