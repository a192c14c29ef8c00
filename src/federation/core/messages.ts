import * as z from 'zod';
import { isDay } from '../../clock/day.js';
import { CHARTER_CHARS_MAX } from '../../protocol/charter.js';
import { KEYING_CHARS_MAX } from '../../protocol/keying.js';
import { PROOF_CHARS_MAX } from '../../protocol/proof.js';
import { ROSTER_CHARS_MAX, ROSTER_MEMBERS_MAX, rosterMemberSchema } from '../../protocol/signed-roster.js';
import { TOTAL_BYTES_MAX } from '../../protocol/total.js';
import { PEER_STATUSES } from '../../storage/peer-store.js';

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

/** How many members one call introduces. */
export const INTRODUCTIONS_PER_CALL_MAX = 50;
const introduction = z.looseObject({ card: envelope, status: z.enum(PEER_STATUSES) });
export type Introduction = z.infer<typeof introduction>;
export const introductionsSchema = z.looseObject({
  members: z.array(introduction).min(1).max(INTRODUCTIONS_PER_CALL_MAX),
});
const introductionOutcome = z.union([
  z.looseObject({ status: z.enum(PEER_STATUSES).describe('How it stands here') }),
  z.looseObject({ refused: reason }),
]);
export type IntroductionOutcome = z.infer<typeof introductionOutcome>;
export const introductionsAnswerSchema = z.looseObject({
  outcomes: z.array(introductionOutcome).max(INTRODUCTIONS_PER_CALL_MAX),
});

export const joinSchema = z.looseObject({ card: envelope });
export const joinAnswerSchema = z.looseObject({
  status: z.enum(PEER_STATUSES),
});

/** Of an answer to a question for the total, where there is one of the hub above. Link relation `up`: RFC 8288. */
export const LINK_TO_ABOVE = '</federation/v1/total/above>; rel="up"';
/** `above`: the hub's signed word on who publishes it. */
export const totalAboveSchema = z.looseObject({
  above: z.string().max(65_536),
  total: z.string().max(TOTAL_BYTES_MAX),
});
export type TotalAboveAnswer = z.infer<typeof totalAboveSchema>;

/** How many cards one call brings. */
export const CARDS_PER_CALL_MAX = 32;
const cards = z
  .array(envelope)
  .max(CARDS_PER_CALL_MAX)
  .optional()
  .describe('The newest known cards of nodes that have changed their key');

export const pushSchema = z.looseObject({
  reports: z.array(envelope).min(1).max(REPORTS_PER_PUSH_MAX),
  sketches: z
    .record(digest, z.base64().max(SKETCH_CHARS_MAX))
    .refine((sketches) => Object.keys(sketches).length <= SKETCHES_PER_PUSH_MAX, 'too many sketches'),
  /** Taken before the reports. Brought with what was refused as `unknown-key`. */
  cards,
});
export type Push = z.infer<typeof pushSchema>;

const newest = z.looseObject({ seq: z.int().positive(), id: reportId });
/** The report whose place it took. One that its origin does not know makes it look what else there is. */
const replacing = { replaced: reportId.nullable() };
const outcome = z.discriminatedUnion('outcome', [
  z.looseObject({ outcome: z.literal('accepted'), id: reportId, ...replacing }),
  z.looseObject({ outcome: z.literal('held'), id: reportId, ...replacing, rule: reason }),
  z.looseObject({ outcome: z.literal('unchanged'), id: reportId }),
  z.looseObject({ outcome: z.literal('refused'), reason, newest: newest.optional() }),
]);
/** What became of one pushed envelope. `replaced` is the report it took the place of. */
export type PushOutcome = z.infer<typeof outcome>;

/** How many reports one call of `pull` asks for, and how many bytes of envelopes and sketches one answer brings. */
export const REPORTS_PER_PULL_MAX = 200;
export const PULL_ANSWER_BYTES_MAX = 1_048_576;
/** One page of entries is below 64 KiB. */
export const ENTRIES_PER_PAGE_MAX = 400;
/** Days that digests are about: today and the 62 before. */
export const DIGEST_DAYS = 63;

const day = z.string().refine(isDay, 'not a UTC day');
const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const seq = z.int().positive();
const bucket = z.int().min(0).max(255);
const shortHash = z.string().regex(/^[0-9a-f]{32}$/);

/** Of the reports of one origin only. A member of a hub reads no others anyway. */
const about = { origin: nodeId.optional() };
/** What a node asks of another's ledger: from everything down to the entries of some days or buckets. */
export const digestAskSchema = z.discriminatedUnion('ask', [
  z.looseObject({ ask: z.literal('root'), ...about }),
  z.looseObject({ ask: z.literal('days'), ...about }),
  z.looseObject({ ask: z.literal('buckets'), ...about, day }),
  z.looseObject({
    ask: z.literal('entries'),
    ...about,
    /** Oldest first. */
    days: z.array(day).min(1).max(DIGEST_DAYS),
    /** All of them when it is left out. */
    buckets: z.array(bucket).min(1).max(256).optional(),
    /** Only what follows this day and origin: the last of the page before. */
    after: z.tuple([day, nodeId]).optional(),
  }),
]);
export type DigestAsk = z.infer<typeof digestAskSchema>;

export const rootSchema = z.looseObject({
  root: z.string().regex(/^[0-9a-f]{64}$/),
  /** Over the origins that the peer has proofs against. Absent from peers that know of no proofs. */
  proofs: shortHash.optional(),
  /** Another one whenever the peer may take reports of other origins than before. Absent from peers that don't say. */
  members: shortHash.optional(),
});
export const daysSchema = z.looseObject({
  days: z
    .array(z.tuple([day, shortHash, z.int().nonnegative()]))
    .max(DIGEST_DAYS + 1)
    .describe('day, hash, how many origins reported it'),
});
export const bucketsSchema = z.looseObject({ buckets: z.array(z.tuple([bucket, shortHash])).max(256) });
export const entriesSchema = z.looseObject({
  entries: z.array(z.tuple([day, nodeId, seq, reportId])).max(ENTRIES_PER_PAGE_MAX + 1),
  /** More follow after the last one. */
  rest: z.boolean(),
});

export const pullSchema = z.looseObject({
  reports: z
    .array(z.tuple([nodeId, day, reportId]))
    .min(1)
    .max(REPORTS_PER_PULL_MAX),
  /** The answer brings cards, too. */
  cards: z.boolean().optional(),
});
export type PullAsk = z.infer<typeof pullSchema>;

export interface PullAnswer {
  reports: string[];
  sketches: Record<string, string>;
  /** How many of those asked for, from the first, this answer is about: the rest is to be asked for again. */
  answered: number;
  /** Of the origins of these reports. Absent where nobody asked for them, and from nodes of before. */
  cards?: string[] | undefined;
}
/** How many proofs one call brings, either way. */
export const PROOFS_PER_CALL_MAX = 32;
const proofsList = z.array(z.string().max(PROOF_CHARS_MAX)).max(PROOFS_PER_CALL_MAX);
export const proofsSchema = z.looseObject({
  /** Origins that the caller has proofs against. */
  known: z.array(nodeId).max(1000),
  proofs: proofsList,
});
export type ProofsAsk = z.infer<typeof proofsSchema>;
export const proofsAnswerSchema = z.looseObject({
  proofs: proofsList,
  /** Origins of which the answering node has no proof yet. */
  wanted: z.array(nodeId).max(PROOFS_PER_CALL_MAX),
});
export type ProofsAnswer = z.infer<typeof proofsAnswerSchema>;

/** HPKE of 32 bytes: encapsulated key and ciphertext. */
const seal = z.tuple([z.base64().length(44), z.base64().length(64)]);
export type SealText = z.infer<typeof seal>;
export const SEALS_PER_CALL_MAX = 2000;
const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** By the SHA-256 of the entropy, and by recipient. */
const sealsSchema = z.record(hash, z.record(nodeId, seal));
const keyingsList = z.array(z.string().max(KEYING_CHARS_MAX)).max(256);
export const keyingsSchema = z.looseObject({ keyings: keyingsList, seals: sealsSchema });
export type KeyingsPush = z.infer<typeof keyingsSchema>;
export const keyingsAnswerSchema = z.looseObject({
  keyings: keyingsList,
  seals: sealsSchema,
  /** How many are sealed to, by the SHA-256 of the entropy. */
  counts: z.record(hash, z.int().nonnegative()),
});
export type KeyingsAnswer = z.infer<typeof keyingsAnswerSchema>;

const charterText = z.string().max(CHARTER_CHARS_MAX);
export const chartersAnswerSchema = z.looseObject({
  /** From the first to the one in force. */
  charters: z.array(charterText).max(64),
  /** The next one, while stewards have not signed it yet. */
  proposed: charterText.nullable(),
});
export type ChartersAnswer = z.infer<typeof chartersAnswerSchema>;
export const charterSchema = z.looseObject({ charter: charterText });
const rosterText = z.string().max(ROSTER_CHARS_MAX);
/** Two where a steward signed two of one number. */
export const rostersAnswerSchema = z.looseObject({
  rosters: z.array(rosterText).max(2),
  /** Who is in, as a hub sees it that is no steward: what it asks a steward to sign. */
  wanted: z.array(rosterMemberSchema).max(ROSTER_MEMBERS_MAX).optional(),
});
export type RostersAnswer = z.infer<typeof rostersAnswerSchema>;
export const rosterSchema = z.looseObject({ roster: rosterText });

export const letterSchema = z.looseObject({ letter: z.string().min(2).max(25_000) });
export const LETTERS_PER_ANSWER_MAX = 128;
export const lettersSchema = z.looseObject({
  letters: z.array(z.string().max(25_000)).max(LETTERS_PER_ANSWER_MAX),
});

export const pullAnswerSchema: z.ZodType<PullAnswer> = z.looseObject({
  /** In the order they were asked for; those that are gone are left out. */
  reports: z.array(envelope).max(REPORTS_PER_PULL_MAX),
  sketches: z.record(digest, z.base64().max(SKETCH_CHARS_MAX)),
  answered: z.int().nonnegative(),
  cards,
});

export const pushAnswerSchema = z.looseObject({
  outcomes: z.array(outcome).max(REPORTS_PER_PUSH_MAX),
  /** Of a sketch of which the receiver holds an earlier one, it takes what grew. Absent from those of before. */
  takesGrowth: z.boolean().optional(),
});
export type PushAnswer = z.infer<typeof pushAnswerSchema>;
/** Problem documents of this protocol carry the reason beside the usual members. */
export const refusalSchema = z.looseObject({ reason });
