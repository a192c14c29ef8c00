import type { Evidence, Finding } from './evidence.js';
import type { Thresholds } from './thresholds.js';

/** Registers only rise while a day goes on: whoever takes people back makes up what it reports. */
export function registerFell(
  { report, counted, sketchOf }: Evidence,
  { fallenRegisters: threshold }: Thresholds,
): Finding | null {
  if (!counted || report.withdrawn) return null;
  for (const [keyName, digest] of Object.entries(report.sketches)) {
    const before = counted.sketches[keyName];
    if (before === undefined || before === digest) continue;
    const [now, then] = [sketchOf(digest), sketchOf(before)];
    if (!now || !then) continue;
    const fallen = countFallen(then.registers, now.registers);
    if (fallen > threshold) return { rule: 'register-fell', measured: fallen, threshold };
  }
  return null;
}

/** Without a branch, which nobody could predict. */
function countFallen(then: Uint8Array, now: Uint8Array): number {
  let fallen = 0;
  for (let register = 0; register < then.length; register++)
    fallen += (now[register]! - then[register]!) >>> 31;
  return fallen;
}
