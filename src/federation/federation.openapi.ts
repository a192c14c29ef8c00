import * as z from 'zod';
import { described, type SchemaObject } from '../http/openapi-schema.js';
import {
  bucketsSchema,
  daysSchema,
  digestAskSchema,
  entriesSchema,
  joinAnswerSchema,
  letterSchema,
  lettersSchema,
  proofsAnswerSchema,
  proofsSchema,
  pullAnswerSchema,
  pullSchema,
  pushAnswerSchema,
  rootSchema,
} from './core/messages.js';

/** One signature each, over the payload's bytes (DSSE); docs/PROTOCOL.md says what the payloads hold. */
export const envelopeSchema: SchemaObject = {
  type: 'object',
  required: ['payload', 'payloadType', 'signatures'],
  properties: {
    payload: { type: 'string', contentEncoding: 'base64', description: 'JSON: a card, report or total' },
    payloadType: { type: 'string', example: 'application/vnd.headcount.report.v1+json' },
    signatures: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: {
        type: 'object',
        required: ['keyid', 'sig'],
        properties: {
          keyid: { type: 'string', description: 'Node id of who signed' },
          sig: { type: 'string', contentEncoding: 'base64', description: 'Ed25519' },
        },
      },
    },
  },
} as SchemaObject;

export const joinedSchema = described(joinAnswerSchema);
export const pushedSchema = described(pushAnswerSchema);
export const digestBody = described(digestAskSchema);
export const digestSchema = described(z.union([rootSchema, daysSchema, bucketsSchema, entriesSchema]));
export const pullBody = described(pullSchema);
export const pulledSchema = described(pullAnswerSchema);
export const proofsBody = described(proofsSchema);
export const proofsExchangedSchema = described(proofsAnswerSchema);
export const letterBody = described(letterSchema);
export const lettersAnswerSchema = described(lettersSchema);
export const leftSchema: SchemaObject = { type: 'object', description: 'Empty' };
