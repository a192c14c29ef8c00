import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import type { NewPeopleView, PeriodView, TodayView } from './local-overview.js';

const whole = z.int().min(0);
const day = z.iso.date().meta({ description: 'UTC day' });
const asOf = z.iso.datetime();
const figures = { estimate: whole, low: whole, high: whole };
const estimate = z.object(figures).meta({ description: 'Different people, with the 95 % interval' });
const hoursSoFar = z.object({ day, hits: whole, ...figures });

const today = z.object({
  hours: z.int().min(0).max(23).meta({ description: 'Whole hours of today that are over' }),
  today: hoursSoFar,
  yesterday: hoursSoFar.meta({ description: 'In as many hours' }),
}) satisfies z.ZodType<TodayView>;

const newPeople = z.object({
  day,
  from: day.meta({ description: 'Nobody seen from this day' }),
  to: day.meta({ description: 'to this one is new' }),
  without: estimate.meta({ description: 'Everyone of the days before' }),
  with: estimate.meta({ description: 'and together with the day' }),
  people: estimate.meta({ description: 'Everyone of the day' }),
  fresh: estimate.meta({ description: 'of whom so many are new' }),
}) satisfies z.ZodType<NewPeopleView>;

const period = z.object({
  from: day,
  to: day,
  uniques: z.object({
    estimate: whole.nullable().meta({ description: 'Null where only the bounds are known' }),
    ...{ low: whole, high: whole, dedup: z.enum(['full', 'bounded']) },
  }),
  ...{ hits: whole, visitorDays: whole },
}) satisfies z.ZodType<PeriodView>;

export const overviewSchema = described(
  today.extend({
    lastDay: estimate.meta({ description: 'The last 24 hours' }),
    dropped: z.array(z.object({ day, reasons: z.record(z.string(), whole) })),
    asOf,
  }),
);
export const newPeopleSchema = described(newPeople.extend({ asOf }));
export const periodSchema = described(z.object({ period, previous: period, asOf }));
