import * as z from 'zod';
import { DAY_MS, isDay } from '../clock/day.js';
import { signEnvelope } from './envelope.js';
import type { NodeKey } from './node-key.js';
import { Refusal } from './refusal.js';
import { formatSignedSet, openSignedSet } from './signed-set.js';
import { parseStrictJson } from './strict-json.js';

/** Ten thousand members, and half as many again. */
const ROSTER_BYTES_MAX = 3 * 1024 * 1024;
export const ROSTER_CHARS_MAX = 5 * 1024 * 1024;
export const ROSTER_MEMBERS_MAX = 15_000;
const VALUES_MAX = 120_000;
export const ROSTER_VALID_MS = 30 * DAY_MS;

const ROSTER_STATUSES = ['probation', 'active', 'suspended', 'quarantined', 'removed'] as const;
const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Node id, URL, role, whether it counts a site, status, and since which day. */
export const rosterMemberSchema = z.tuple([
  nodeId,
  z.string().max(512).nullable(),
  z.enum(['member', 'sub-hub', 'peer', 'hub', 'auditor']),
  z.boolean(),
  z.enum(ROSTER_STATUSES),
  z.string().refine(isDay),
]);
export type RosterMember = z.infer<typeof rosterMemberSchema>;

const rosterSchema = z
  .looseObject({
    v: z.literal(1),
    federation: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    /** Id of the charter that makes its signer a steward. */
    charter: z.string().regex(/^[0-9a-f]{64}$/),
    number: z.int().positive(),
    issuedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    /** In the order of their node ids. */
    members: z.array(rosterMemberSchema).max(ROSTER_MEMBERS_MAX),
  })
  .refine(({ issuedAt, expiresAt }) => isWithin(issuedAt, expiresAt), 'valid for more than 30 days')
  .refine(({ members }) => isAscending(members.map(([node]) => node)), 'not in order, or a member twice');

export type RosterFields = Pick<
  z.infer<typeof rosterSchema>,
  'federation' | 'charter' | 'number' | 'issuedAt' | 'expiresAt' | 'members'
>;

/** Who is in a federation, as a steward says. */
export interface SignedRoster extends RosterFields {
  id: string;
  signer: string;
  /** As it came. */
  text: string;
}

/** @param card Of the steward who signs. */
export function signRoster(fields: RosterFields, key: NodeKey, card: string): string {
  return formatSignedSet([signEnvelope('roster', { v: 1, ...fields }, key)], [card]);
}

/** Throws Refusal. Whether the signer is a steward is for the charter to say. */
export function openRoster(text: string): SignedRoster {
  if (text.length > ROSTER_CHARS_MAX) throw new Refusal('too-large');
  const set = openSignedSet(text, 'roster', ROSTER_BYTES_MAX, (payload) =>
    Date.parse(read(payload).issuedAt),
  );
  if (set.signers.size !== 1) throw new Refusal('not-an-envelope');
  const [signer] = set.signers.keys();
  return { ...read(set.payload), id: set.id, signer: signer!, text };
}

function read(payload: Uint8Array): z.infer<typeof rosterSchema> {
  const parsed = rosterSchema.safeParse(parseStrictJson(payload, VALUES_MAX));
  if (!parsed.success) throw new Refusal('bad-schema');
  return parsed.data;
}

function isWithin(issuedAt: string, expiresAt: string): boolean {
  const validMs = Date.parse(expiresAt) - Date.parse(issuedAt);
  return validMs > 0 && validMs <= ROSTER_VALID_MS;
}

function isAscending(nodes: readonly string[]): boolean {
  return nodes.every((node, index) => index === 0 || nodes[index - 1]! < node);
}
