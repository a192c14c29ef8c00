import { useSignal } from '@preact/signals';
import { h } from 'preact';
import { useEffect } from 'preact/hooks';
import type { BadgeLook, BadgeStyle } from '../../../src/badge/badge-options.js';
import { send } from '../../shared/session.js';
import { Panel } from '../../shared/states.js';
import { WINDOWS, type WindowName, windowText } from '../../shared/windows.js';
import { NUMBER_WIDTH, RANGE_WIDTH } from '../../widget/room.js';
import { ActionForm } from '../action-form.js';
import { t } from '../texts.js';
import { ToCopy } from '../to-copy.js';
import { appearance } from './feeds.js';

const WIDGET = '/widget.js';
const STYLES: readonly BadgeStyle[] = ['flat', 'flat-square', 'plastic', 'for-the-badge'];
const COLOURS = [
  ['color', 'lookColour'],
  ['labelColor', 'lookLabelColour'],
] as const;

/** The counter and the badge as they will look, and what to put on the site for them. */
export function Appearance() {
  return (
    <section class="sheet">
      <h2>{t('appearanceTitle')}</h2>
      <Panel of={appearance.state.value} onRetry={appearance.read}>
        {({ label, color, labelColor, style }) => <Look kept={{ label, color, labelColor, style }} />}
      </Panel>
    </section>
  );
}

function Look({ kept }: { kept: BadgeLook }) {
  const look = useSignal(kept);
  const window = useSignal<WindowName>('30d');
  const scope = useSignal<'global' | 'local'>('global');
  useEffect(loadWidget, []);
  const change = (part: Partial<BadgeLook>) => {
    look.value = { ...look.value, ...part };
  };
  const save = async () => {
    await send('PUT', '/v1/admin/appearance', look.value);
    await appearance.read();
  };
  const { label, color } = look.value;
  return (
    <>
      <div class="choices">
        <Choice
          label={t('windowLabel')}
          value={window.value}
          options={WINDOWS.map((name) => [name, windowText(name)])}
          onChoose={(name) => (window.value = name)}
        />
        <Choice
          label={t('scopeLabel')}
          value={scope.value}
          options={[
            ['global', t('everywhere')],
            ['local', t('here')],
          ]}
          onChoose={(chosen) => (scope.value = chosen)}
        />
      </div>
      <div class="preview">
        <span>
          {label && `${label}: `}
          {h('headcount-counter', {
            ...{ window: window.value, scope: scope.value, style: { '--headcount-color': color } },
          })}
        </span>
        <img src={badgePath(window.value, scope.value, look.value)} alt={t('badgeAlt')} />
      </div>
      <ActionForm action={t('lookSave')} act={save}>
        <div class="choices">
          <label class="field">
            <span>{t('lookLabel')}</span>
            <input
              maxLength={64}
              placeholder={t('lookLabelNone')}
              value={label ?? ''}
              onInput={(event) => change({ label: event.currentTarget.value || null })}
            />
          </label>
          {COLOURS.map(([part, text]) => (
            <label key={part} class="field">
              <span>{t(text)}</span>
              <input
                type="color"
                value={sixDigits(look.value[part])}
                onChange={(event) => change({ [part]: event.currentTarget.value })}
              />
            </label>
          ))}
          <Choice
            label={t('lookStyle')}
            value={look.value.style}
            options={STYLES.map((style) => [style, style])}
            onChoose={(style) => change({ style })}
          />
        </div>
        <p class="soft small">{t('lookNote')}</p>
      </ActionForm>
      <Snippets window={window.value} scope={scope.value} look={look.value} />
    </>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChoose(value: Value): void;
}

function Choice<Value extends string>({ label, value, options, onChoose }: ChoiceProps<Value>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value as Value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A style sheet and no attribute: pages with a strict policy take nothing inline. It keeps the number's place. */
function Snippets({ window, scope, look }: { window: WindowName; scope: string; look: BadgeLook }) {
  const { origin } = location;
  const badge = `${origin}/badge/${window}.svg?scope=${scope}`;
  const counter = `<headcount-counter window="${window}" scope="${scope}"></headcount-counter>`;
  const lines = [
    `<script async src="${origin}${WIDGET}"></script>`,
    look.label === null ? counter : `${asHtml(look.label)}: ${counter}`,
    `<noscript><img src="${badge}" alt="${t('noscriptAlt', { window: windowText(window) })}"></noscript>`,
  ];
  const width = window === 'all' && scope === 'global' ? RANGE_WIDTH : NUMBER_WIDTH;
  const style = `display: inline-block; min-inline-size: ${width}; --headcount-color: ${sixDigits(look.color)}`;
  return (
    <>
      <ToCopy label={t('snippetTracker')} text={`<script defer src="${origin}/tracker.js"></script>`} />
      <ToCopy label={t('snippetWidget')} text={lines.join('\n')} />
      <ToCopy label={t('snippetStyle')} text={`headcount-counter { ${style} }`} />
      <ToCopy label={t('snippetBadge')} text={`[![Headcount](${badge})](${origin}/)`} />
    </>
  );
}

/** With the look in its address: what is not kept yet is seen all the same. */
function badgePath(
  window: WindowName,
  scope: string,
  { label, color, labelColor, style }: BadgeLook,
): string {
  const query = new URLSearchParams({ scope, style, color: color.slice(1), labelColor: labelColor.slice(1) });
  if (label !== null) query.set('label', label);
  return `/badge/${window}.svg?${query}`;
}

/** What a field for colours takes. */
function sixDigits(colour: string): string {
  return colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
}

function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The same file that other sites load. */
function loadWidget(): void {
  if (document.querySelector(`script[src="${WIDGET}"]`)) return;
  const script = document.createElement('script');
  script.src = WIDGET;
  document.head.append(script);
}
