import { LRUCache } from 'lru-cache';
import { ProblemError } from '../http/problem.js';
import { FONT_FAMILY, FONT_FILES } from './badge-font.js';

/** Twice the size, for dense screens. */
const ZOOM = 2;
const KEPT_MAX = 256;
/** More at once than this would keep the threads from what the store wants of them. */
const DRAWING_MAX = 4;
const RETRY_S = 5;

/** Badges as PNG: drawn beside the event loop, a few at a time, and kept for the next reader. */
export class BadgePictures {
  private readonly kept = new LRUCache<string, Promise<Buffer>>({ max: KEPT_MAX });
  private drawing = 0;

  /** Throws ProblemError `busy` when too many new ones are asked for at once. */
  async picture(svg: string): Promise<Buffer> {
    const known = this.kept.get(svg);
    if (known) return known;
    if (this.drawing >= DRAWING_MAX) {
      throw new ProblemError('busy', 'Too many pictures are being drawn.', { retryAfterS: RETRY_S });
    }
    const picture = this.draw(svg);
    this.kept.set(svg, picture);
    picture.catch(() => this.kept.delete(svg));
    return picture;
  }

  private async draw(svg: string): Promise<Buffer> {
    this.drawing++;
    try {
      // Most nodes never draw one, and it brings threads and megabytes of its own.
      const { renderAsync } = await import('@resvg/resvg-js');
      const image = await renderAsync(svg, {
        fitTo: { mode: 'zoom', value: ZOOM },
        font: { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: FONT_FAMILY },
      });
      return image.asPng();
    } finally {
      this.drawing--;
    }
  }
}
