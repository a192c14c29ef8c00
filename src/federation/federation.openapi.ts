import * as z from 'zod';
import { described, type SchemaObject } from '../http/openapi-schema.js';
import {
  bucketsSchema,
  charterSchema,
  chartersAnswerSchema,
  daysSchema,
  digestAskSchema,
  entriesSchema,
  introductionsAnswerSchema,
  introductionsSchema,
  joinAnswerSchema,
  keyingsAnswerSchema,
  keyingsSchema,
  letterSchema,
  lettersSchema,
  proofsAnswerSchema,
  proofsSchema,
  pullAnswerSchema,
  pullSchema,
  pushAnswerSchema,
  rootSchema,
  rosterSchema,
  rostersAnswerSchema,
  totalAboveSchema,
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
export const introductionsBody = described(introductionsSchema);
export const introducedSchema = described(introductionsAnswerSchema);
export const pullBody = described(pullSchema);
export const pulledSchema = described(pullAnswerSchema);
export const proofsBody = described(proofsSchema);
export const proofsExchangedSchema = described(proofsAnswerSchema);
export const keyingsBody = described(keyingsSchema);
export const totalAboveBody = described(totalAboveSchema);
export const keyingsSeenSchema = described(keyingsAnswerSchema);
export const charterBody = described(charterSchema);
export const chartersSeenSchema = described(chartersAnswerSchema);
export const rosterBody = described(rosterSchema);
export const rostersSeenSchema = described(rostersAnswerSchema);
export const letterBody = described(letterSchema);
export const lettersAnswerSchema = described(lettersSchema);
export const leftSchema: SchemaObject = { type: 'object', description: 'Empty' };
