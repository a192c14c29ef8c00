// What a site's own build makes of a source, printed: node test/browser/frameworks/bundle.js <source>
import { resolve } from 'node:path';
import { build } from 'vite';

const { output } = await build({
  configFile: false,
  logLevel: 'silent',
  publicDir: false,
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    write: false,
    rolldownOptions: { input: resolve(process.argv[2]), output: { format: 'iife' } },
  },
});
process.stdout.write(output[0].code);
