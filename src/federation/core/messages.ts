import * as z from 'zod';

/**
 * The bodies that nodes send each other (docs/PROTOCOL.md, "Calls"). Envelopes travel as text in a string, so that
 * the bytes that were signed, stored and relayed are always the same. Answers may grow fields.
 */
const envelope = z.string().min(2).max(12_288);
const reportId = z.string().regex(/^[0-9a-f]{64}$/);
const reason = z.string().regex(/^[a-z0-9-]{1,64}$/);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const REPORTS_PER_PUSH_MAX = 200;
/** Four sketches a report, each at most 16,400 bytes in base64. */
const SKETCHES_PER_PUSH_MAX = 4 * REPORTS_PER_PUSH_MAX;
const SKETCH_CHARS_MAX = 21_868;

export const joinSchema = z.strictObject({ card: envelope });
export const joinAnswerSchema = z.looseObject({
  status: z.enum(['pending', 'probation', 'active', 'suspended', 'removed']),
});

export const pushSchema = z.strictObject({
  reports: z.array(envelope).min(1).max(REPORTS_PER_PUSH_MAX),
  sketches: z
    .record(digest, z.base64().max(SKETCH_CHARS_MAX))
    .refine((sketches) => Object.keys(sketches).length <= SKETCHES_PER_PUSH_MAX, 'too many sketches'),
});
export type Push = z.infer<typeof pushSchema>;

const newest = z.looseObject({ seq: z.int().positive(), id: reportId });
const outcome = z.discriminatedUnion('outcome', [
  z.looseObject({ outcome: z.literal('accepted'), id: reportId, replaced: reportId.nullable() }),
  z.looseObject({ outcome: z.literal('held'), id: reportId, replaced: reportId.nullable(), rule: reason }),
  z.looseObject({ outcome: z.literal('unchanged'), id: reportId }),
  z.looseObject({ outcome: z.literal('refused'), reason, newest: newest.optional() }),
]);
/** What became of one pushed envelope. `replaced` is the report it took the place of. */
export type PushOutcome = z.infer<typeof outcome>;

export const pushAnswerSchema = z.looseObject({ outcomes: z.array(outcome).max(REPORTS_PER_PUSH_MAX) });
/** Problem documents of this protocol carry the reason beside the usual members. */
export const refusalSchema = z.looseObject({ reason });
