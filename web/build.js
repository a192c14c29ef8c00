// Builds dist/web: the pages with hashed assets, and one file each for the counter element and the tracking script.
// Everything that text is in is compressed here once, so that serving it costs nothing.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const FOLDER = fileURLToPath(new URL('../dist/web', import.meta.url));
const COMPRESSED = /\.(html|js|css|svg|json|webmanifest)$/;
/** What every page has, in one file: it compresses better than in ten. */
const COMMON =
  /preact|web\/i18n\/(?:[a-z]+)\.ts$|web\/shared\/(?:choices|figure|history-table|loaded|node-counts|preferences|scale|segmented|states|texts|windows)\.tsx?$|src\/sketch\/rounded/;
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];

const common = {
  root: ROOT,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
};

await build({
  ...common,
  build: {
    outDir: FOLDER,
    emptyOutDir: true,
    target: BROWSERS,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries(
        ['index', 'admin', 'account'].map((name) => [name, join(ROOT, `${name}.html`)]),
      ),
      output: { codeSplitting: { groups: [{ name: 'common', test: COMMON }] } },
    },
  },
});

for (const name of ['widget', 'tracker']) {
  await build({
    ...common,
    build: {
      outDir: FOLDER,
      emptyOutDir: false,
      target: BROWSERS,
      rolldownOptions: {
        input: join(ROOT, name, `${name}.ts`),
        output: { format: 'iife', entryFileNames: `${name}.js` },
      },
    },
  });
}

await compressAll();

async function compressAll() {
  const files = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  const texts = files.filter((file) => file.isFile() && COMPRESSED.test(file.name));
  await Promise.all(texts.map((file) => compress(join(file.parentPath, file.name))));
}

async function compress(path) {
  const content = await readFile(path);
  await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  await writeFile(`${path}.br`, brotliCompressSync(content, { params }));
}
