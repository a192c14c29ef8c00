import { Logger } from '@nestjs/common';

const LINES_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
const LINE_CHARS_MAX = 4000;

/**
 * Errors of our own making, in the log. Whoever finds out how to cause one can't fill the disk with it: so many lines a
 * minute are written, each bounded and in plain characters, and then only how many there were.
 */
export class ErrorLog {
  private lines = 0;
  private leftOut = 0;
  private sinceMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly log: Pick<Logger, 'error'> = new Logger('http')) {}

  note(error: unknown, nowMs: number): void {
    if (Math.abs(nowMs - this.sinceMs) >= MINUTE_MS) this.begin(nowMs);
    this.lines += 1;
    if (this.lines <= LINES_PER_MINUTE) this.log.error(plainText(error));
    else this.leftOut += 1;
  }

  private begin(nowMs: number): void {
    if (this.leftOut > 0) this.log.error(`${this.leftOut} more errors were not logged`);
    this.lines = 0;
    this.leftOut = 0;
    this.sinceMs = nowMs;
  }
}

/** Control and direction characters, and all that is not ASCII, as `\u{…}`. */
function plainText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : 'thrown';
  const escaped = text
    .slice(0, LINE_CHARS_MAX)
    .replace(/[^\x20-\x7e\n]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return escaped.slice(0, LINE_CHARS_MAX);
}
