import * as z from 'zod';
import { isDay } from '../clock/day.js';
import { nodeName } from './card.js';
import { signEnvelope } from './envelope.js';
import type { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { openSignedSet, SIGNERS_MAX } from './signed-set.js';
import { parseStrictJson } from './strict-json.js';

const CHARTER_BYTES_MAX = 8192;
/** The text of a charter with all its signatures and cards. */
export const CHARTER_CHARS_MAX = 409_600;

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const charterSchema = z
  .looseObject({
    v: z.literal(1),
    federation: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    name: nodeName,
    mode: z.enum(['hub', 'mesh']),
    dayZero: z.string().refine(isDay),
    epochDays: z.int().min(1).max(366),
    identity: z.string().max(32),
    format: z.string().max(32),
    /** Below so many visitors a day no sketch is shared. */
    sketchMinimum: z.int().min(0).max(1_000_000),
    /** Who may sign rosters; so many of them, `threshold`, change the charter. */
    stewards: z.array(nodeId).min(1).max(SIGNERS_MAX),
    threshold: z.int().min(1).max(SIGNERS_MAX),
    /** 1, 2, … and the id of the charter before. */
    number: z.int().min(1).max(1_000_000),
    previous: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    issuedAt: z.iso.datetime(),
  })
  .refine(({ stewards, threshold }) => threshold <= stewards.length, 'more signatures than stewards')
  .refine(({ stewards }) => new Set(stewards).size === stewards.length, 'a steward twice')
  .refine(({ number, previous }) => (number === 1) === (previous === null), 'the first has none before it');

export type CharterFields = z.infer<typeof charterSchema>;

/** What a federation agreed on, and who may change it. */
export interface Charter {
  id: string;
  fields: CharterFields;
  /** Node ids of those who signed it. */
  signers: readonly string[];
  /** As it came. */
  text: string;
}

/** Every steward signs the same bytes: the fields as JSON in the order they come. */
export function signCharter(fields: CharterFields, key: NodeKey): string {
  return signEnvelope('charter', fields, key);
}

/** Throws Refusal for what is malformed or badly signed. Whether enough have signed is for `follows` to say. */
export function openCharter(text: string): Charter {
  if (text.length > CHARTER_CHARS_MAX) throw new Refusal('too-large');
  const set = openSignedSet(text, 'charter', CHARTER_BYTES_MAX, (payload) =>
    Date.parse(read(payload).issuedAt),
  );
  return { id: set.id, fields: read(set.payload), signers: [...set.signers.keys()], text };
}

/**
 * Whether a charter takes the place of the one before: the next number, and signed by as many of the stewards as that
 * one asks for. A first charter is signed by as many of its own.
 */
export function follows(charter: Charter, before: Charter | null): boolean {
  const { fields } = charter;
  if (fields.previous !== (before?.id ?? null)) return false;
  if (fields.number !== (before?.fields.number ?? 0) + 1) return false;
  if (before && before.fields.federation !== fields.federation) return false;
  const { stewards, threshold } = before?.fields ?? fields;
  return charter.signers.filter((node) => stewards.includes(node)).length >= threshold;
}

function read(payload: Uint8Array): CharterFields {
  const parsed = charterSchema.safeParse(parseStrictJson(payload));
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}
