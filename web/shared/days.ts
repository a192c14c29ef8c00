/** UTC days as text, `2026-11-22`: the only calendar that counting knows. */
const DAY_MS = 86_400_000;

export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const startMs = Date.parse(`${text}T00:00Z`);
  return !Number.isNaN(startMs) && dayOf(startMs) === text;
}

export function addDays(day: string, count: number): string {
  return dayOf(Date.parse(`${day}T00:00Z`) + count * DAY_MS);
}

export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / DAY_MS;
}
