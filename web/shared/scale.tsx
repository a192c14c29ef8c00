import type { Uncertain } from '../../src/sketch/rounded.js';

const WIDTH = 240;
const TICKS = 24;
/** The interval takes this part of the scale at most, and is never thinner than a needle. */
const BAND_MAX = 0.6;
const BAND_MIN = 0.03;
/** An error of this part of the number fills the band. */
const WIDEST = 0.12;

/** The interval as an instrument shows it: a needle at the estimate in a band as wide as the error is large. */
export function Scale({ estimate, low, high }: Uncertain) {
  const relative = high === 0 ? 0 : (high - low) / high;
  const band = WIDTH * Math.max(BAND_MIN, Math.min(1, relative / WIDEST) * BAND_MAX);
  const start = (WIDTH - band) / 2;
  const needle =
    estimate === null || high === low ? WIDTH / 2 : start + (band * (estimate - low)) / (high - low);
  return (
    <svg class="scale" viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" aria-hidden="true">
      <path class="scale-ticks" d={TICK_PATH} />
      <rect class="scale-band" x={start} y="0" width={band} height="14" />
      {estimate !== null && <path class="scale-needle" d={`M${needle} 0V14`} />}
    </svg>
  );
}

const TICK_PATH = Array.from({ length: TICKS + 1 }, (_, index) => {
  const height = index % 4 === 0 ? 9 : 5;
  return `M${(index * WIDTH) / TICKS} 14V${14 - height}`;
}).join('');
