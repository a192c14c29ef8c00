// Builds dist/program from what the compiler wrote: the program with the libraries that it needs, in a few files. Node
// would open two thousand otherwise, at each start, which takes longer than everything else that a start does.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const pathOf = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Compiled for the machine, or read as files. */
const NOT_BUNDLED = [
  'argon2',
  'better-sqlite3',
  '@resvg/resvg-js',
  'dejavu-fonts-ttf',
  '@fastify/static',
  'swagger-ui-dist',
];

/** V8 keeps a file that is ASCII alone in one byte for each character, and any other in two. */
const inAscii = {
  name: 'in-ascii',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = escaped(file.code);
  },
};

const escaped = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

await build({
  root: pathOf('.'),
  configFile: false,
  publicDir: false,
  // Warns of each library that others could use and nobody installed.
  logLevel: 'error',
  plugins: [inAscii],
  ssr: { noExternal: true, external: NOT_BUNDLED },
  build: {
    ssr: true,
    outDir: pathOf('dist/program'),
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: {
      input: {
        main: pathOf('dist/cli/main.js'),
        'checkpoint-worker': pathOf('dist/storage/relational/checkpoint-worker.js'),
      },
      output: { keepNames: true, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
