import type { Evidence, Finding } from './evidence.js';

/** Registers only rise while a day goes on: whoever takes people back makes up what it reports. */
export function registerFell({ report, counted, sketchOf }: Evidence): Finding | null {
  if (!counted || report.withdrawn) return null;
  for (const [keyName, digest] of Object.entries(report.sketches)) {
    const before = counted.sketches[keyName];
    if (before === undefined || before === digest) continue;
    const [now, then] = [sketchOf(digest), sketchOf(before)];
    if (!now || !then) continue;
    const fallen = then.registers.filter((rank, register) => now.registers[register]! < rank).length;
    if (fallen > 0) return { rule: 'register-fell', measured: fallen, threshold: 0 };
  }
  return null;
}
