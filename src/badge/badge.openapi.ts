import type { SchemaObject } from '../http/openapi-schema.js';

const text: SchemaObject = { type: 'string' };

/** What shields.io reads. */
export const badgeJsonSchema: SchemaObject = {
  type: 'object',
  required: ['schemaVersion', 'label', 'message', 'color'],
  properties: {
    schemaVersion: { type: 'integer', enum: [1] },
    label: text,
    message: text,
    color: text,
    labelColor: text,
    style: text,
    cacheSeconds: { type: 'integer', minimum: 300 },
  },
};
