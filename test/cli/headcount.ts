import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/program/main.js', import.meta.url));

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command of the built program to its end, as a person at a shell does. `STDIN` is what it reads. */
export function headcount(
  dataDir: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const env = { PATH: process.env.PATH, HEADCOUNT_DATA_DIR: dataDir, ...settings };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
    child.stdin?.end(settings.STDIN ?? '');
  });
}

/** What a person reads of a command that succeeds. Rejects when it fails, or complains. */
export async function wordsOf({ dataDir }: { dataDir: string }, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await headcount(dataDir, args);
  if (code !== 0 || stderr !== '') throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trimEnd();
}
