import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transformFile } from '@swc/core';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * A few sources as JavaScript in a folder of their own, for a child process that a test wants to kill: it needs
 * neither a build nor a loader, and never runs an old build.
 */
export async function compileSources(
  sources: readonly string[],
): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'headcount-sources-'));
  await writeFile(join(path, 'package.json'), '{"type":"module"}');
  await symlink(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  for (const source of sources) {
    const { code } = await transformFile(join(ROOT, source), { configFile: join(ROOT, '.swcrc') });
    const target = join(path, source.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
