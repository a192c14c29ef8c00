import { orNull, type SchemaObject } from '../http/openapi-schema.js';

const whole: SchemaObject = { type: 'integer', minimum: 0 };
const day: SchemaObject = { type: 'string', format: 'date', example: '2026-11-22' };
const instant: SchemaObject = { type: 'string', format: 'date-time' };
const share: SchemaObject = { type: 'number', minimum: 0, maximum: 1 };

const uniquesSchema: SchemaObject = {
  type: 'object',
  required: ['estimate', 'low', 'high', 'dedup'],
  properties: {
    estimate: { ...orNull(whole), description: 'Null where only the bounds are known' },
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
        from: orNull(day),
        to: day,
        partial: { type: 'boolean', description: 'The window is only today, which is not over' },
      },
    },
    uniques: uniquesSchema,
    sum: { ...whole, description: "Sum of the instances' own counts" },
    unverified: { ...whole, description: 'The part of the sum that instances of the earlier system claim' },
    hits: orNull(whole),
    visitorDays: { ...orNull(whole), description: 'Sum of daily uniques' },
    overlap: { ...orNull(whole), description: 'Sum less union, where larger than its error' },
    instances: instanceCountsSchema,
    coverage: { ...share, description: '(instance, day) pairs with a report ÷ pairs expected' },
    asOf: instant,
  },
};

const scopeNowSchema: SchemaObject = {
  type: 'object',
  required: ['windows', 'instances', 'coverage', 'asOf'],
  properties: {
    windows: {
      type: 'object',
      required: ['1d', '7d', '30d', 'all'],
      properties: { '1d': uniquesSchema, '7d': uniquesSchema, '30d': uniquesSchema, all: uniquesSchema },
    },
    instances: instanceCountsSchema,
    coverage: share,
    asOf: { ...orNull(instant), description: 'Null for figures as new as the answer' },
  },
};

const liveSchema: SchemaObject = {
  type: 'object',
  required: ['estimate', 'low', 'high'],
  properties: { estimate: whole, low: whole, high: whole },
};

export const nowSchema: SchemaObject = {
  type: 'object',
  required: ['name', 'federated', 'global', 'local', 'live', 'asOf'],
  properties: {
    name: orNull({ type: 'string' }),
    federated: { type: 'boolean' },
    global: { ...orNull(scopeNowSchema), description: 'Null before the first total' },
    local: scopeNowSchema,
    live: orNull({
      type: 'object',
      required: ['fiveMinutes', 'hour'],
      properties: {
        fiveMinutes: { ...liveSchema, description: 'Different people of the last five minutes on this node' },
        hour: liveSchema,
      },
    }),
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
        properties: { day, uniques: orNull(whole), low: whole, high: whole, hits: whole },
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
    share: orNull(share),
    marginal: { ...orNull(whole), description: 'How many people the total would lose without it' },
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
          name: orNull({ type: 'string' }),
          listed: { type: 'boolean' },
          status: { type: 'string', enum: ['active', 'probation'] },
          stale: { type: 'boolean' },
          held: { type: 'boolean', description: 'A newer report of some day is held back' },
          lastDay: orNull(day),
          lastReportAt: orNull(instant),
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
