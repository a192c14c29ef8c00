import { orNull, type SchemaObject } from '../http/openapi-schema.js';
import { countsSchema } from './stats.openapi.js';

export const healthSchema: SchemaObject = {
  type: 'object',
  required: ['status', 'timestamp', 'database'],
  properties: {
    status: { type: 'string', enum: ['healthy'] },
    timestamp: { type: 'string', format: 'date-time' },
    database: { type: 'string', enum: ['connected', 'unavailable'] },
  },
};

export const readySchema: SchemaObject = {
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: ['ready'] } },
};

export const nodeinfoLinksSchema: SchemaObject = {
  type: 'object',
  required: ['links'],
  properties: {
    links: {
      type: 'array',
      items: {
        type: 'object',
        required: ['rel', 'href'],
        properties: { rel: { type: 'string', format: 'uri' }, href: { type: 'string', format: 'uri' } },
      },
    },
  },
};

const whole: SchemaObject = orNull({ type: 'integer', minimum: 0 });
const none: SchemaObject = { type: 'array', maxItems: 0, items: { type: 'string' } };

/** What of NodeInfo 2.1 is answered here. */
export const nodeinfoSchema: SchemaObject = {
  type: 'object',
  required: ['version', 'software', 'protocols', 'services', 'openRegistrations', 'usage', 'metadata'],
  properties: {
    version: { type: 'string', enum: ['2.1'] },
    software: {
      type: 'object',
      required: ['name', 'version'],
      properties: { name: { type: 'string' }, version: { type: 'string' } },
    },
    protocols: none,
    services: { type: 'object', properties: { inbound: none, outbound: none } },
    openRegistrations: { type: 'boolean' },
    usage: {
      type: 'object',
      required: ['users'],
      properties: {
        users: {
          type: 'object',
          description: 'Empty where the counts are closed',
          properties: { total: whole, activeMonth: whole },
        },
      },
    },
    metadata: {
      type: 'object',
      required: ['nodeName'],
      properties: {
        nodeName: orNull({ type: 'string' }),
        local: countsSchema,
        global: { anyOf: [countsSchema, { type: 'null' }] } as unknown as SchemaObject,
      },
    },
  },
};
