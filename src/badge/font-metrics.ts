/** Where a character stands in the font, and how wide each glyph is. */
export interface FontMetrics {
  /** Width of a text at a size of 1. */
  widthOf(text: string): number;
}

/** An em, for what the font does not have: ideographs and emoji are about so wide. */
const UNKNOWN_WIDTH = 1;

/**
 * Reads advance widths out of a TrueType font (OpenType 1.9: `head`, `hhea`, `hmtx`, `cmap` format 4). Only for a font
 * that comes with the program: it is not checked like what a stranger sends. Throws RangeError for other formats.
 */
export function readFontMetrics(font: Buffer): FontMetrics {
  const tables = tablesOf(font);
  const unitsPerEm = font.readUInt16BE(tables.of('head') + 18);
  const wideGlyphs = font.readUInt16BE(tables.of('hhea') + 34);
  const widths = tables.of('hmtx');
  const glyphOf = characterMap(font, tables.of('cmap'));
  const widthOfCharacter = (character: string) => {
    const glyph = glyphOf(character.codePointAt(0)!);
    if (glyph === 0) return UNKNOWN_WIDTH;
    return font.readUInt16BE(widths + 4 * Math.min(glyph, wideGlyphs - 1)) / unitsPerEm;
  };
  return { widthOf: (text) => Array.from(text, widthOfCharacter).reduce((sum, width) => sum + width, 0) };
}

function tablesOf(font: Buffer): { of(tag: string): number } {
  const offsets = new Map<string, number>();
  for (let index = 0; index < font.readUInt16BE(4); index++) {
    const entry = 12 + 16 * index;
    offsets.set(font.toString('latin1', entry, entry + 4), font.readUInt32BE(entry + 8));
  }
  const of = (tag: string) => {
    const offset = offsets.get(tag);
    if (offset === undefined) throw new RangeError(`the font has no table ${tag}`);
    return offset;
  };
  return { of };
}

/** From code point to glyph; 0 for what the font does not have. */
function characterMap(font: Buffer, cmap: number): (codePoint: number) => number {
  const table = unicodeTable(font, cmap);
  const segments = font.readUInt16BE(table + 6) / 2;
  const ends = table + 14;
  const starts = ends + 2 * segments + 2;
  const deltas = starts + 2 * segments;
  const ranges = deltas + 2 * segments;
  return (codePoint) => {
    for (let index = 0; index < segments; index++) {
      if (codePoint > font.readUInt16BE(ends + 2 * index)) continue;
      const start = font.readUInt16BE(starts + 2 * index);
      if (codePoint < start) return 0;
      const delta = font.readUInt16BE(deltas + 2 * index);
      const range = font.readUInt16BE(ranges + 2 * index);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = font.readUInt16BE(ranges + 2 * index + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

function unicodeTable(font: Buffer, cmap: number): number {
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index++) {
    const table = cmap + font.readUInt32BE(cmap + 4 + 8 * index + 4);
    if (font.readUInt16BE(table) === 4) return table;
  }
  throw new RangeError('the font has no character map of format 4');
}
