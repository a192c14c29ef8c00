import { Segmented } from './segmented.js';
import { t } from './texts.js';

export type WindowName = '1d' | '7d' | '30d' | 'all';
export const WINDOWS: readonly WindowName[] = ['1d', '7d', '30d', 'all'];

export function windowText(name: WindowName): string {
  return t(`window${name}`);
}

/** Which days a panel is about. */
export function WindowChoice(props: { value: WindowName; onChoose(value: WindowName): void }) {
  const options = WINDOWS.map((value) => ({ value, text: windowText(value) }));
  return <Segmented label={t('windowLabel')} options={options} {...props} />;
}
