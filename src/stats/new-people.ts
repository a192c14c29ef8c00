import { interval95, relativeError } from '../sketch/interval.js';
import { estimateJoint } from '../sketch/joint-estimate.js';
import type { Sketch } from '../sketch/sketch.js';

export interface Estimate {
  estimate: number;
  low: number;
  high: number;
}

export function estimateOf(sketch: Sketch): Estimate {
  const estimate = sketch.people();
  return { estimate, ...interval95(estimate) };
}

/** 95 % of a normal distribution. */
const SIGMAS = 1.96;

/**
 * How many people of `day` are not in `before`, with the 95 % interval. The joint estimate knows it better than the
 * difference of two unions, which carries the error of everyone who was there before. Two errors add up: how many came
 * back, and the day's own for the part that is new.
 */
export function newPeople(before: Sketch, day: Sketch): Estimate {
  const { onlySecond, both, low, high } = estimateJoint(before, day);
  const people = onlySecond + both;
  if (people === 0) return { estimate: 0, low: 0, high: 0 };
  const ofDay = SIGMAS * relativeError(people) * onlySecond * Math.sqrt(onlySecond / people);
  const least = Math.max(0, onlySecond - Math.hypot(high - both, ofDay));
  const most = Math.min(interval95(people).high, onlySecond + Math.hypot(both - low, ofDay));
  return { estimate: Math.round(onlySecond), low: Math.floor(least), high: Math.ceil(most) };
}
