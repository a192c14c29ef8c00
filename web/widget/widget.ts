/**
 * `<headcount-counter window="30d" scope="global">`: how many different people there are, live, on any page.
 *
 * Attributes, and properties of the same names: `window` 1d, 7d, 30d, all; `scope` global, local; `node` the address of
 * the node (default: where this script came from); `lang`. `data-state` is `waiting`, `live` or `away`. Custom
 * properties: --headcount-color, --headcount-font, --headcount-width.
 */

import { rounded } from '../../src/sketch/rounded.js';
import type { Now } from '../../src/stats/counts.js';
import { followCounts } from '../shared/node-counts.js';
import { NUMBER_WIDTH, RANGE_WIDTH } from './room.js';
import { sentence } from './words.js';

const NAME = 'headcount-counter';
const ATTRIBUTES = ['window', 'scope', 'node', 'lang'] as const;
const STYLE = `
  :host { display: inline-block; min-inline-size: var(--headcount-width, ${NUMBER_WIDTH});
    color: var(--headcount-color, inherit); font: var(--headcount-font, inherit);
    font-variant-numeric: tabular-nums; white-space: nowrap }
  :host([window=all]:not([scope=local])) { min-inline-size: var(--headcount-width, ${RANGE_WIDTH}) }
  :host([data-state=live]) { visibility: visible }
  :host { visibility: hidden }
  .heard { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }`;

/** A server that renders pages has no elements, and may load this all the same. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

const origin = scriptOrigin();

function scriptOrigin(): string {
  if (typeof document === 'undefined') return '';
  const script = document.currentScript ?? document.querySelector('script[src$="/widget.js"]');
  return script instanceof HTMLScriptElement ? new URL('.', script.src).href.slice(0, -1) : '';
}

class HeadcountCounter extends Base {
  static readonly observedAttributes = ATTRIBUTES;

  private readonly shown = document.createElement('span');
  private readonly heard = document.createElement('span');
  private stop: (() => void) | undefined;

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    this.shown.ariaHidden = 'true';
    // Keeps the height of a line until there is a number.
    this.shown.textContent = '\u00a0';
    this.heard.className = 'heard';
    root.append(this.shown, this.heard);
  }

  connectedCallback(): void {
    this.dataset.state ??= 'waiting';
    const node = (this.getAttribute('node') ?? origin).replace(/\/$/, '');
    this.stop?.();
    this.stop = followCounts(node, (now) => this.show(now));
  }

  disconnectedCallback(): void {
    this.stop?.();
    this.stop = undefined;
  }

  attributeChangedCallback(): void {
    if (this.stop) this.connectedCallback();
  }

  private show(now: Now | null): void {
    const window = this.getAttribute('window') ?? '30d';
    const scope = this.getAttribute('scope') === 'local' ? 'local' : 'global';
    const uniques = now?.[scope]?.windows[window as '30d'];
    this.dataset.state = uniques ? 'live' : 'away';
    if (!uniques) return;
    const number = numberFormat(this.lang || this.closest<HTMLElement>('[lang]')?.lang);
    const { estimate, low, high } = rounded(uniques);
    const range = [number.format(low), number.format(high)] as const;
    const count =
      estimate === null || uniques.dedup === 'bounded' ? range.join(' – ') : number.format(estimate);
    this.shown.textContent = count;
    this.heard.textContent = sentence(count, window, ...range, number.resolvedOptions().locale);
    this.title = this.heard.textContent;
  }
}

/** As the page's language writes numbers; as the browser does where that is no language. Many sites say `en_US`. */
function numberFormat(language: string | undefined): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(language?.replaceAll('_', '-') || navigator.language);
  } catch {
    return new Intl.NumberFormat();
  }
}

// Frameworks set properties where an element has them.
for (const name of ['window', 'scope', 'node'] as const) {
  Object.defineProperty(HeadcountCounter.prototype, name, {
    get(this: HTMLElement) {
      return this.getAttribute(name);
    },
    set(this: HTMLElement, value: string | null | undefined) {
      if (value == null) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  });
}

if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, HeadcountCounter);
