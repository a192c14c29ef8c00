import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

/** Hooks for node:module's `register`: the simulation runs from the sources, without a build and without a test runner. */

export function resolve(specifier, context, next) {
  if (specifier === 'node:crypto' && context.parentURL?.endsWith('/src/protocol/node-key.ts'))
    return next(new URL('./signatures.ts', import.meta.url).href, context);
  const isOurs = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
  return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { filename });
  return { format: 'module', source: code, shortCircuit: true };
}
