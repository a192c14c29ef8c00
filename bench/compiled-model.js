// The model of sites and attacks is part of the tests; here it runs against the built node, outside of Jest.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';
import { fileOf } from './processes.js';

const MODEL = fileOf('../test/attacks');

/** Where a module of test/attacks, such as `honest-run`, can be imported from. Gone when the process ends. */
export function compiledModel() {
  const folder = mkdtempSync(join(tmpdir(), 'headcount-attacks-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(fileOf('../dist'), join(folder, 'src'));
  mkdirSync(join(folder, 'test/attacks'), { recursive: true });
  for (const name of readdirSync(MODEL).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  )) {
    const { code } = transformFileSync(join(MODEL, name), { configFile: fileOf('../.swcrc') });
    writeFileSync(join(folder, 'test/attacks', name.replace(/\.ts$/, '.js')), code);
  }
  return (module) => import(pathToFileURL(join(folder, 'test/attacks', `${module}.js`)).href);
}
