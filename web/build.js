// Builds dist/web: the pages with hashed assets, and one file each for the counter element, the tracking script and what
// opens the pages while the node is away.
// Everything that text is in is compressed here once, so that serving it costs nothing.
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const FOLDER = fileURLToPath(new URL('../dist/web', import.meta.url));
const PAGES = ['index', 'admin', 'account'];
const COMPRESSED = /\.(html|js|css|svg|json|webmanifest)$/;
/** What every page has, in one file: it compresses better than in ten. */
const COMMON =
  /preact|web\/i18n\/(?:[a-z]+)\.ts$|web\/shared\/(?:choices|figure|fold|history-table|keep-page|kept-answers|live-figures|loaded|node-counts|preferences|quietly|scale|segmented|states|texts|windows)\.tsx?$|src\/sketch\/rounded|preload-helper/;
/** What every section of the dashboard has; charts come later. */
const DASHBOARD = /web\/admin\/(?!chart|main)[\w-]+\.tsx?$/;
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];

const common = {
  root: ROOT,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
};

/** All styles of a page come with it, so that what is loaded later is loaded by a plain import, without a kilobyte of help. */
const plainImports = {
  name: 'plain-imports',
  enforce: 'pre',
  load: (id) =>
    id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null,
  generateBundle(_options, bundle) {
    for (const { isDynamicEntry, viteMetadata, name } of Object.values(bundle))
      if (isDynamicEntry && viteMetadata?.importedCss.size > 0)
        throw new Error(`${name} is loaded later and has styles of its own: import them in main.tsx`);
  },
};

/** Each page has the texts that all have in its own catalogue: one request, and one thing to wait for. */
const wholeCatalogues = {
  name: 'whole-catalogues',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    if (!/i18n\/messages\/\w+\.js$/.test(source)) return null;
    const shared = await this.resolve(source, importer, { ...options, skipSelf: true });
    return shared && `${shared.id}?of=${basename(dirname(dirname(importer)))}`;
  },
  /** For src/dashboard/early-texts.ts. */
  generateBundle(_options, bundle) {
    const names = Object.fromEntries(PAGES.map((page) => [page, {}]));
    for (const { facadeModuleId, fileName } of Object.values(bundle)) {
      const [, part, language] = /web\/(\w+)\/messages\/(\w+)\.ts$/.exec(facadeModuleId ?? '') ?? [];
      const page = part === 'counter' ? 'index' : part;
      if (page in names) names[page][language] = fileName;
    }
    this.emitFile({ type: 'asset', fileName: 'texts.json', source: JSON.stringify(names) });
  },
};

await build({
  ...common,
  // Of the two forms the one that is shorter in the pages.
  oxc: {
    jsx: { runtime: 'classic', pragma: 'createNode', pragmaFrag: 'NodeGroup' },
    jsxInject: `import { Fragment as NodeGroup, h as createNode } from 'preact'`,
  },
  plugins: [plainImports, wholeCatalogues],
  build: {
    outDir: FOLDER,
    emptyOutDir: true,
    target: BROWSERS,
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // What a script loads later it loads by a plain import.
      resolveDependencies: (_file, loaded, { hostType }) => (hostType === 'html' ? loaded : []),
    },
    rolldownOptions: {
      input: Object.fromEntries(PAGES.map((name) => [name, join(ROOT, `${name}.html`)])),
      output: {
        codeSplitting: {
          groups: [
            { name: 'common', test: COMMON },
            { name: 'dashboard', test: DASHBOARD },
          ],
        },
      },
    },
  },
});

// For the node, which draws the page as far as its number itself.
await build({
  ...common,
  // That it needs all languages at once is meant.
  logLevel: 'error',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  ssr: { noExternal: true },
  build: {
    ssr: join(ROOT, 'counter/first-paint.tsx'),
    outDir: join(FOLDER, 'node'),
    emptyOutDir: false,
    target: 'node20',
  },
});

await paintFirst();
for (const file of ['widget/widget.ts', 'tracker/tracker.ts']) await buildScript(file);
await buildScript('offline/service-worker.js', { BUILD: JSON.stringify(await hashOfAll()) });

await compressAll();

/** One file without imports, beside the pages. */
async function buildScript(file, define = {}) {
  const name = basename(file, extname(file));
  await build({
    ...common,
    define,
    build: {
      outDir: FOLDER,
      emptyOutDir: false,
      target: BROWSERS,
      rolldownOptions: {
        input: join(ROOT, file),
        output: { format: 'iife', entryFileNames: `${name}.js` },
      },
    },
  });
}

/**
 * The public page is painted before its scripts run, and with nothing but itself: its styles are in it, and
 * counter/first.js, which loads the scripts.
 */
async function paintFirst() {
  await buildScript('counter/first.js');
  const file = join(FOLDER, 'first.js');
  const first = (await readFile(file, 'utf8')).trim();
  await rm(file);
  const page = join(FOLDER, 'index.html');
  const html = await readFile(page, 'utf8');
  const scripts = [...html.matchAll(/ (?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path);
  const [, styles] = / href="([^"]+\.css)"/.exec(html);
  const style = (await readFile(join(FOLDER, styles), 'utf8')).trim();
  await rm(join(FOLDER, styles));
  const bare = html.replace(/ *<(?:script type="module"|link rel="(?:modulepreload|stylesheet)").*\n/g, '');
  const head = `    <style>${style}</style>\n    <script data-scripts="${scripts.join(' ')}">${first}</script>\n  </head>`;
  await writeFile(
    page,
    bare.replace('  </head>', () => head),
  );
}

/** Names this build: the pages name every asset, whose names are hashes of their content. */
async function hashOfAll() {
  const hash = createHash('sha256');
  for (const name of (await readdir(FOLDER, { recursive: true })).sort()) hash.update(name);
  for (const page of PAGES) hash.update(await readFile(join(FOLDER, `${page}.html`)));
  return hash.digest('hex').slice(0, 16);
}

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
