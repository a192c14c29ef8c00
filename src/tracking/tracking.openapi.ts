import { described, type SchemaObject } from '../http/openapi-schema.js';
import { batchSchema, hitSchema } from './hit-body.js';

/** What is described is what is checked, limits included. */
export const hitBodySchema = described(hitSchema);
export const batchBodySchema = described(batchSchema);

const reason: SchemaObject = {
  type: 'string',
  description: 'Why not: bot, do-not-track, no-consent, ignored-address, no-visitor, no-cookie, no-address',
};

export const hitAnswerSchema: SchemaObject = {
  type: 'object',
  required: ['counted'],
  properties: { counted: { type: 'boolean' }, reason },
};

export const batchAnswerSchema: SchemaObject = {
  type: 'object',
  required: ['counted', 'dropped'],
  properties: {
    counted: { type: 'integer', minimum: 0 },
    dropped: {
      type: 'object',
      additionalProperties: { type: 'integer', minimum: 1 },
      description: 'How many were not counted, by reason',
    },
    repeated: {
      type: 'boolean',
      description: 'Counted before, under the same Idempotency-Key, and not again',
    },
  },
};
