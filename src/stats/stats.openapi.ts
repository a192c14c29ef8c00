import type { ApiBodyOptions } from '@nestjs/swagger';

type SchemaObject = Extract<
  NonNullable<Extract<ApiBodyOptions, { schema: unknown }>['schema']>,
  { type?: unknown }
>;

const whole: SchemaObject = { type: 'integer', minimum: 0 };
const day: SchemaObject = { type: 'string', format: 'date', example: '2026-11-22' };
const instant: SchemaObject = { type: 'string', format: 'date-time' };
const share: SchemaObject = { type: 'number', minimum: 0, maximum: 1 };

const uniquesSchema: SchemaObject = {
  type: 'object',
  required: ['estimate', 'low', 'high', 'dedup'],
  properties: {
    estimate: {
      type: ['integer', 'null'],
      description: 'Null where only the bounds are known',
    } as SchemaObject,
    low: { ...whole, description: 'Lower end of the 95 % interval, or lower bound' },
    high: { ...whole, description: 'Upper end of the 95 % interval, or upper bound' },
    dedup: {
      type: 'string',
      enum: ['full', 'bounded', 'none'],
      description: 'full: everyone counted once; bounded: somewhere between low and high; none: a plain sum',
    },
  },
};

const instanceCountsSchema: SchemaObject = {
  type: 'object',
  properties: { fresh: whole, stale: whole, held: whole, probation: whole },
};

export const countsSchema: SchemaObject = {
  type: 'object',
  required: ['scope', 'window', 'uniques', 'sum', 'instances', 'coverage', 'asOf'],
  properties: {
    scope: { type: 'string' },
    window: {
      type: 'object',
      properties: {
        name: { type: 'string', enum: ['1d', '7d', '30d', 'all'] },
        from: { ...day, nullable: true },
        to: day,
        partial: { type: 'boolean', description: 'The window is only today, which is not over' },
      },
    },
    uniques: uniquesSchema,
    sum: { ...whole, description: "Sum of the instances' own counts" },
    unverified: { ...whole, description: 'The part of the sum that instances of the earlier system claim' },
    hits: { ...whole, nullable: true },
    visitorDays: { ...whole, nullable: true, description: 'Sum of daily uniques' },
    overlap: { ...whole, nullable: true, description: 'Sum less union, where larger than its error' },
    instances: instanceCountsSchema,
    coverage: { ...share, description: '(instance, day) pairs with a report ÷ pairs expected' },
    asOf: instant,
  },
};

export const historySchema: SchemaObject = {
  type: 'object',
  properties: {
    scope: { type: 'string' },
    days: {
      type: 'array',
      maxItems: 400,
      items: {
        type: 'object',
        properties: { day, uniques: { ...whole, nullable: true }, low: whole, high: whole, hits: whole },
      },
    },
    asOf: instant,
  },
};

const instanceWindowSchema: SchemaObject = {
  type: 'object',
  properties: {
    estimate: whole,
    low: whole,
    high: whole,
    share: { ...share, nullable: true },
    marginal: { ...whole, nullable: true, description: 'How many people the total would lose without it' },
  },
};

export const instancesSchema: SchemaObject = {
  type: 'object',
  properties: {
    instances: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          node: { type: 'string' },
          name: { type: 'string', nullable: true },
          listed: { type: 'boolean' },
          status: { type: 'string', enum: ['active', 'probation'] },
          stale: { type: 'boolean' },
          lastDay: { ...day, nullable: true },
          lastReportAt: { ...instant, nullable: true },
          windows: {
            type: 'object',
            properties: {
              '1d': instanceWindowSchema,
              '7d': instanceWindowSchema,
              '30d': instanceWindowSchema,
              all: instanceWindowSchema,
            },
          },
        },
      },
    },
    unlisted: { ...whole, description: 'Instances that did not agree to be shown' },
    unverified: {
      type: 'array',
      maxItems: 1000,
      description: 'Plain counts of instances of the earlier system that an administrator listed',
      items: {
        type: 'object',
        properties: {
          instance: { type: 'string' },
          count: whole,
          receivedAt: instant,
          stale: { type: 'boolean' },
        },
      },
    },
    asOf: instant,
  },
};
