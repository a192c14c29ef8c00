export interface Place {
  x: number;
  y: number;
}

/** The first ring, and how many more fit on each that goes around it: as far apart as on the first. */
const FIRST = { places: 16, radius: 120 };
const STEP = { places: 8, radius: 62 };

/** So many places on rings around the origin, the inner ones first, each ring evenly filled from the top. */
export function ringPlaces(count: number): Place[] {
  const places: Place[] = [];
  for (let ring = 0; places.length < count; ring++) {
    const here = Math.min(FIRST.places + STEP.places * ring, count - places.length);
    const radius = FIRST.radius + STEP.radius * ring;
    for (let index = 0; index < here; index++) {
      const turn = (2 * Math.PI * index) / here - Math.PI / 2;
      places.push({ x: radius * Math.cos(turn), y: radius * Math.sin(turn) });
    }
  }
  return places;
}

/** From the middle to the outermost place. */
export function radiusOf(places: readonly Place[]): number {
  return Math.max(0, ...places.map(({ x, y }) => Math.hypot(x, y)));
}
