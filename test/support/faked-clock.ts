import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS } from '../../src/clock/day.js';

const MORNING_MS = DAY_MS / 4;

/**
 * The clock of other processes, which can be put forward while they run: libfaketime reads a file. Timers go on as they do.
 * https://github.com/wolfcw/libfaketime
 *
 * It begins on the next morning, so that no day ends before a test says so.
 */
export class FakedClock {
  /** What a process is started with that has this clock. */
  readonly settings: Readonly<Record<string, string>>;
  private readonly file: string;
  private aheadMs = DAY_MS + MORNING_MS - (Date.now() % DAY_MS);

  /** @param folder Where its file is kept. Debian's package `faketime` has to be there. */
  constructor(folder: string) {
    this.file = join(folder, 'clock');
    const library = execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], {
      encoding: 'utf8',
    });
    this.settings = {
      LD_PRELOAD: library.trim(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      // By both of its names.
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    this.advance(0);
  }

  advance(ms: number): void {
    this.aheadMs += ms;
    writeFileSync(this.file, `+${this.aheadMs / 1000}\n`);
  }
}
