import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('../../dist/program/main.js', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headcount-interrupted-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  printed: string;
}

/** Sends the signal to the demo alone, its nodes not included, when it says so. */
async function interrupted(when: RegExp, signal: NodeJS.Signals): Promise<Ended> {
  const demo = spawn(process.execPath, [PROGRAM, 'demo'], {
    env: { PATH: process.env.PATH, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const closed = once(demo, 'close');
  demo.stderr.on('data', (text: Buffer) => {
    const before = when.test(printed);
    printed += text.toString();
    if (!before && when.test(printed)) demo.kill(signal);
  });
  // The nodes hold no end of its streams, but they hold its folder: it is only gone once they are.
  await closed;
  return { code: demo.exitCode, printed };
}

describe('a demo that is interrupted', () => {
  it.each<[RegExp, NodeJS.Signals]>([
    [/starting/, 'SIGTERM'],
    [/the instances ask/, 'SIGHUP'],
    [/replaying/, 'SIGINT'],
  ])('at %s by %s ends its nodes and leaves no file', async (when, signal) => {
    const { code, printed } = await interrupted(when, signal);
    expect(printed).toContain('the demo was interrupted');
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
