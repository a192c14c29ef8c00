import type { SchemaObject } from '../http/openapi-schema.js';
import { STYLES } from './badge-options.js';

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

const colour: SchemaObject = { type: 'string', description: 'A name or three or six hexadecimal digits' };

export const badgeLookSchema: SchemaObject = {
  type: 'object',
  required: ['label', 'color', 'labelColor', 'style'],
  properties: {
    label: { type: ['string', 'null'], maxLength: 64, description: 'Null for the window, in English' },
    color: colour,
    labelColor: colour,
    style: { type: 'string', enum: [...STYLES] },
  },
};
