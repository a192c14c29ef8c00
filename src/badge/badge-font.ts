import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type FontMetrics, readFontMetrics } from './font-metrics.js';

const require = createRequire(import.meta.url);

/** DejaVu Sans has nearly the widths of Verdana, which badges are drawn in where it is installed. */
export const FONT_FAMILY = 'DejaVu Sans';
export const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

const metrics: (FontMetrics | undefined)[] = [];
/** A badge says the same few things again and again. */
const WIDTHS_MAX = 1024;
const widths = new Map<string, number>();

/** Width at a size of 1. The font is read when the first badge is drawn. */
export function textWidth(text: string, weight: 'normal' | 'bold'): number {
  const name = `${weight} ${text}`;
  const known = widths.get(name);
  if (known !== undefined) return known;
  const index = weight === 'bold' ? 1 : 0;
  metrics[index] ??= readFontMetrics(readFileSync(FONT_FILES[index]!));
  if (widths.size >= WIDTHS_MAX) widths.clear();
  const width = metrics[index].widthOf(text);
  widths.set(name, width);
  return width;
}
