import { escapeXml } from '../http/escape-xml.js';
import { FONT_FAMILY, textWidth } from './badge-font.js';
import type { BadgeStyle } from './badge-options.js';

/** What a badge says, and in which colours (`#rrggbb` or `#rgb`). */
export interface Badge {
  label: string;
  message: string;
  color: string;
  labelColor: string;
  style: BadgeStyle;
}

interface Shape {
  height: number;
  radius: number;
  fontSize: number;
  /** Beside each text. */
  padding: number;
  letterSpacing: number;
  weight: 'normal' | 'bold';
  /** A sheen from white to black, of this opacity. */
  sheen: number;
  isUpperCase: boolean;
}

const FLAT: Shape = {
  height: 20,
  radius: 3,
  fontSize: 11,
  padding: 6,
  letterSpacing: 0,
  weight: 'normal',
  sheen: 0.1,
  isUpperCase: false,
};
const SHAPES: Record<BadgeStyle, Shape> = {
  flat: FLAT,
  'flat-square': { ...FLAT, radius: 0, sheen: 0 },
  plastic: { ...FLAT, height: 18, radius: 4, sheen: 0.3 },
  'for-the-badge': {
    ...FLAT,
    height: 28,
    radius: 0,
    fontSize: 10,
    padding: 12,
    letterSpacing: 1.2,
    weight: 'bold',
    sheen: 0,
    isUpperCase: true,
  },
};

/** In the manner of shields.io. Every text in it is escaped; its width is known without drawing it. */
export function drawBadge({ label, message, color, labelColor, style }: Badge): string {
  const shape = SHAPES[style];
  const [left, right] = [label, message].map((text) => (shape.isUpperCase ? text.toUpperCase() : text));
  const leftWidth = left === '' ? 0 : partWidth(left!, shape);
  const width = leftWidth + partWidth(right!, shape);
  const { height, radius, sheen } = shape;
  const title = escapeXml(label === '' ? message : `${label}: ${message}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    sheen > 0
      ? `<linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#fff" stop-opacity="${sheen}"/><stop offset="1" stop-opacity="${sheen}"/></linearGradient>`
      : '',
    `<clipPath id="r"><rect width="${width}" height="${height}" rx="${radius}"/></clipPath>`,
    `<g clip-path="url(#r)">`,
    `<rect width="${leftWidth}" height="${height}" fill="${labelColor}"/>`,
    `<rect x="${leftWidth}" width="${width - leftWidth}" height="${height}" fill="${color}"/>`,
    sheen > 0 ? `<rect width="${width}" height="${height}" fill="url(#s)"/>` : '',
    `</g>`,
    `<g font-family="Verdana,Geneva,${FONT_FAMILY},sans-serif" font-size="${shape.fontSize}" font-weight="${shape.weight}" letter-spacing="${shape.letterSpacing}">`,
    left === '' ? '' : textAt(left!, shape.padding, labelColor, shape),
    textAt(right!, leftWidth + shape.padding, color, shape),
    `</g></svg>`,
  ].join('');
}

function partWidth(text: string, shape: Shape): number {
  return Math.ceil(lengthOf(text, shape)) + 2 * shape.padding;
}

function lengthOf(text: string, { fontSize, letterSpacing, weight }: Shape): number {
  return textWidth(text, weight) * fontSize + letterSpacing * Array.from(text).length;
}

function textAt(text: string, x: number, background: string, shape: Shape): string {
  const y = shape.height / 2 + shape.fontSize * 0.36;
  const length = lengthOf(text, shape).toFixed(1);
  const fill = isLight(background) ? '#1c1b19' : '#fff';
  return `<text x="${x}" y="${y.toFixed(1)}" textLength="${length}" fill="${fill}">${escapeXml(text)}</text>`;
}

/** Whether black is easier to read on it than white: by relative luminance, as WCAG defines it. */
function isLight(colour: string): boolean {
  const digits =
    colour.length === 4
      ? Array.from(colour.slice(1), (digit) => digit + digit)
      : colour.slice(1).match(/../g)!;
  const [red, green, blue] = digits.map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.3;
}
