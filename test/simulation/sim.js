// A federation from a seed: `npm run sim -- 42` replays one, `npm run sim -- 1000-3000` runs many.
import { spawnSync } from 'node:child_process';

const seeds = process.argv[2] ?? '1-100';
if (!/^\d+(-\d+)?$/.test(seeds)) throw new Error('npm run sim -- <seed>, or <first>-<last>');
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(process.execPath, [...jest, 'test/simulation/simulation.spec.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SIM_SEEDS: seeds },
});
process.exit(status ?? 1);
