import * as z from 'zod';

/** The names that shields.io has for its colours, and ours: the accent of the pages. */
const COLOURS = {
  accent: 'ad3c12',
  brightgreen: '4c1',
  green: '97ca00',
  yellowgreen: 'a4a61d',
  yellow: 'dfb317',
  orange: 'fe7d37',
  red: 'e05d44',
  blue: '007ec6',
  lightgrey: '9f9f9f',
  grey: '555',
  black: '000',
} as const;
const LABEL_CHARS_MAX = 64;

export const STYLES = ['flat', 'flat-square', 'plastic', 'for-the-badge'] as const;

/** `#rrggbb` or `#rgb`, from a name or three or six hexadecimal digits, with or without the `#` before them. */
const colour = z
  .string()
  .max(16)
  .transform((text) =>
    Object.hasOwn(COLOURS, text) ? COLOURS[text as keyof typeof COLOURS] : text.replace(/^#/, ''),
  )
  .pipe(
    z.string().regex(/^([0-9a-f]{3}|[0-9a-f]{6})$/i, 'a colour is a name or three or six hexadecimal digits'),
  )
  .transform((digits) => `#${digits.toLowerCase()}`);

/** What XML cannot hold, and what would turn the direction of everything after it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

const label = z
  .string()
  .max(LABEL_CHARS_MAX)
  .refine((text) => !UNPRINTABLE.test(text), 'a label is text that can be printed');
const style = z.enum(STYLES);

/** How badges look whose address does not say otherwise. */
export const badgeLook = z.strictObject({
  label: label.nullable(),
  color: colour,
  labelColor: colour,
  style,
});

/** A badge says its window then, in English. */
export const DEFAULT_LOOK: BadgeLook = {
  ...{ label: null, color: '#ad3c12', labelColor: '#555', style: 'flat' },
};

export const badgeQuery = z.strictObject({
  scope: z
    .union([z.enum(['local', 'global']), z.string().regex(/^instance:[A-Za-z0-9_-]{43}$/)])
    .default('global'),
  style: style.optional(),
  label: label.optional(),
  color: colour.optional(),
  labelColor: colour.optional(),
});

export const badgeName = z
  .string()
  .regex(/^(1d|7d|30d|all)\.(svg|png|json)$/, '<window>.svg, .png or .json; windows are 1d, 7d, 30d and all');

export type BadgeLook = z.infer<typeof badgeLook>;
export type BadgeQuery = z.infer<typeof badgeQuery>;
export type BadgeStyle = (typeof STYLES)[number];
