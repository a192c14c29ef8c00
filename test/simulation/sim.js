// Federations from seeds: `npm run sim -- 42` replays one, `npm run sim -- 1-20000` runs many on all processors.
import { register } from 'node:module';

register('./load-typescript.js', import.meta.url);
const { command } = await import('./command.ts');
process.exitCode = await command(process.argv[2] ?? '1-100');
