import * as z from 'zod';
import { isDay } from '../clock/day.js';
import { newChain } from './chain.js';
import { EPOCH_DAYS_MAX } from './epoch-calendar.js';
import { EPOCH_MAX, isFederationId, keyCheckValue } from './epoch-key.js';
import { isFederationName } from './federation-line.js';
import { checkedKey, formatKey, isKeyText } from './key-text.js';
import type { Keyring } from './keyring.js';
import type { Membership } from './membership.js';
import { VISITOR_SCHEMES } from './visitor-scheme.js';

/**
 * The keyring as the text of its file: JSON, with keys in base64url beside their check values, so that a key with a
 * flipped bit is refused instead of counting people under a secret that nobody else has. It holds the keys of the
 * keyring and nothing of those that it dropped.
 */
const VERSION = 3;
/** Without the names of chains before a cut; read, and written anew as the present one. */
const SECOND_VERSION = 2;
/** Of a federation without fresh entropy; as above. */
const FIRST_VERSION = 1;
/** A node whose time nobody ever confirms drops no key: eighty years of them. */
const KEYS_MAX = 1_000;
const TEXT_CHARS_MAX = 400_000;

/** `malformed`: not JSON, or a field is missing, unknown or out of range; `damaged-key`: a key and its check value differ. */
export type KeyringTextReason = 'too-long' | 'malformed' | 'unknown-version' | 'damaged-key';

/** The message names fields, never their values. */
export class KeyringTextError extends Error {
  override readonly name = 'KeyringTextError';

  constructor(
    readonly reason: KeyringTextReason,
    explanation: string,
  ) {
    super(`the keyring can't be read (${reason}): ${explanation}`);
  }
}

const keySchema = z.strictObject({
  key: z.string().refine(isKeyText),
  check: z.string().regex(/^[0-9a-f]{16}$/),
});

const epochNumber = z.int().min(0).max(EPOCH_MAX);
const chainText = z.string().regex(/^[0-9a-f]{8}$/);
const checkText = z.string().regex(/^[0-9a-f]{16}$/);
const dayText = z.string().refine(isDay);
const LINKS_MAX = 200;

const firstMembershipSchema = z.strictObject({
  federation: z.string().refine(isFederationId),
  name: z.string().refine(isFederationName),
  calendar: z.strictObject({
    dayZero: z.string().refine(isDay),
    epochDays: z.int().min(1).max(EPOCH_DAYS_MAX),
  }),
  scheme: z.enum(VISITOR_SCHEMES),
  chain: z.strictObject({
    name: chainText,
    keys: z.array(keySchema.extend({ epoch: epochNumber })).max(KEYS_MAX),
  }),
  firstDay: dayText,
});

const secondMembershipSchema = firstMembershipSchema.extend({
  chain: firstMembershipSchema.shape.chain.extend({
    links: z
      .array(
        z.strictObject({
          epoch: epochNumber,
          name: chainText,
          check: checkText,
          fresh: z.string().refine(isKeyText).nullable(),
        }),
      )
      .max(LINKS_MAX),
    decidedThrough: epochNumber.nullable(),
    lackedOn: dayText.nullable(),
    from: z.array(z.tuple([epochNumber, dayText])).max(KEYS_MAX),
  }),
  giver: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .nullable(),
});

/** A cut a day, and the ends of epochs between. */
const FORMER_CHAINS_MAX = 200;

const membershipSchema = secondMembershipSchema.extend({
  formerChains: z.array(z.strictObject({ through: dayText, name: chainText })).max(FORMER_CHAINS_MAX),
});

const keyringSchema = z.strictObject({
  version: z.literal(VERSION),
  localKey: keySchema,
  current: membershipSchema,
  next: membershipSchema.nullable(),
});
const secondKeyringSchema = keyringSchema.extend({
  version: z.literal(SECOND_VERSION),
  current: secondMembershipSchema,
  next: secondMembershipSchema.nullable(),
});
const firstKeyringSchema = keyringSchema.extend({
  version: z.literal(FIRST_VERSION),
  current: firstMembershipSchema,
  next: firstMembershipSchema.nullable(),
});

type KeyText = z.infer<typeof keySchema>;
type MembershipText = z.infer<typeof membershipSchema>;

/** Equal keyrings give equal texts, so a file needs writing only when the text has changed. */
export function serializeKeyring(keyring: Keyring): string {
  const text: z.infer<typeof keyringSchema> = {
    version: VERSION,
    localKey: keyText(keyring.localKey),
    current: membershipText(keyring.current),
    next: keyring.next && membershipText(keyring.next),
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

function membershipText({ chain, ...membership }: Membership): MembershipText {
  const { federation, name, calendar, scheme, firstDay, giver, formerChains } = membership;
  const epochs = [...chain.keys].sort(([a], [b]) => a - b);
  const keys = epochs.map(([epoch, key]) => ({ epoch, ...keyText(key) }));
  const links = chain.links.map(({ epoch, name: link, check, fresh }) => ({
    ...{ epoch, name: link, check },
    fresh: fresh && formatKey(fresh),
  }));
  const { decidedThrough, lackedOn } = chain;
  const { dayZero, epochDays } = calendar;
  return {
    ...{ federation, name, calendar: { dayZero, epochDays }, scheme },
    chain: { name: chain.name, keys, links, decidedThrough, lackedOn, from: [...chain.from] },
    ...{ firstDay, giver, formerChains: [...formerChains] },
  };
}

function keyText(key: Uint8Array): KeyText {
  return { key: formatKey(key), check: keyCheckValue(key) };
}

/** Throws KeyringTextError for anything that serializeKeyring did not write. */
export function parseKeyring(text: string): Keyring {
  if (text.length > TEXT_CHARS_MAX)
    throw new KeyringTextError('too-long', `at most ${TEXT_CHARS_MAX} characters`);
  const { localKey, current, next } = fieldsOf(jsonOf(text));
  return {
    localKey: keyOf(localKey, 'localKey'),
    current: membershipOf(current, 'current'),
    next: next && membershipOf(next, 'next'),
  };
}

/** Node's own message would quote the text, keys and all. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyringTextError('malformed', 'not JSON');
  }
}

function fieldsOf(json: unknown): z.infer<typeof keyringSchema> {
  const version = z.object({ version: z.int() }).safeParse(json);
  if (version.success && version.data.version === FIRST_VERSION)
    return upgraded(checked(firstKeyringSchema, json), (membership) =>
      withoutFormerChains(withoutLinks(membership)),
    );
  if (version.success && version.data.version === SECOND_VERSION)
    return upgraded(checked(secondKeyringSchema, json), withoutFormerChains);
  if (version.success && version.data.version !== VERSION) {
    throw new KeyringTextError('unknown-version', `this node reads versions ${FIRST_VERSION} to ${VERSION}`);
  }
  return checked(keyringSchema, json);
}

function upgraded<Earlier>(
  { localKey, current, next }: { localKey: KeyText; current: Earlier; next: Earlier | null },
  grown: (membership: Earlier) => MembershipText,
): z.infer<typeof keyringSchema> {
  return { version: VERSION, localKey, current: grown(current), next: next && grown(next) };
}

function withoutLinks({
  chain,
  ...rest
}: z.infer<typeof firstMembershipSchema>): z.infer<typeof secondMembershipSchema> {
  const grown = { ...chain, links: [], decidedThrough: null, lackedOn: null, from: [] };
  return { ...rest, chain: grown, giver: null };
}

function withoutFormerChains(membership: z.infer<typeof secondMembershipSchema>): MembershipText {
  return { ...membership, formerChains: [] };
}

function checked<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const paths = result.error.issues.map((issue) => issue.path.join('.') || 'the whole');
  throw new KeyringTextError('malformed', `missing, unknown or out of range: ${paths.join(', ')}`);
}

function membershipOf(text: MembershipText, path: string): Membership {
  const keys = new Map(
    text.chain.keys.map((entry) => [entry.epoch, keyOf(entry, `${path}.chain.keys.${entry.epoch}`)]),
  );
  if (keys.size !== text.chain.keys.length) {
    throw new KeyringTextError('malformed', `two keys of one epoch: ${path}.chain.keys`);
  }
  const { name, links, decidedThrough, lackedOn, from } = text.chain;
  const chain = {
    ...newChain(name, keys),
    links: links.map((link) => ({ ...link, fresh: link.fresh === null ? null : bytesOf(link.fresh) })),
    ...{ decidedThrough, lackedOn, from: new Map(from) },
  };
  return { ...text, chain };
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

function keyOf({ key: text, check }: KeyText, path: string): Uint8Array {
  const key = checkedKey(text, check);
  if (key === null) {
    throw new KeyringTextError('damaged-key', `${path} does not fit its check value: restore the file`);
  }
  return key;
}
