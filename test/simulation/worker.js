// One process of the pool: runs the sources as they are.
import { register } from 'node:module';

register('./load-typescript.js', import.meta.url);
const { serve } = await import('./serve.ts');
serve(process);
