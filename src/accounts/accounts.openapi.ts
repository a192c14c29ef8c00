import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import { ACCOUNT_ROLES } from '../storage/account-store.js';
import type { AccountView, LinkView, OwnAccountView, SignedInView } from './views.js';

const instant = z.iso.datetime();
const role = z.enum(ACCOUNT_ROLES);
const name = z.string().meta({ description: '1 to 64 characters' });

const signedIn = z.object({
  account: z
    .object({ name, role })
    .nullable()
    .meta({ description: 'Null for a browser that is not signed in' }),
  proof: z.string().nullable().meta({
    description: 'Goes back in the header X-Headcount-Proof of every request that changes something',
  }),
  setUpOpen: z.boolean().meta({ description: 'There is no account yet: the set-up link makes the first' }),
}) satisfies z.ZodType<SignedInView>;

const ownAccount = z.object({
  name,
  role,
  createdAt: instant,
  passwordSetAt: instant.nullable(),
  secondFactor: z
    .object({ recoveryCodesLeft: z.int().min(0) })
    .nullable()
    .meta({ description: 'Null without one' }),
  sessions: z.array(
    z.object({
      id: z.string().meta({ description: 'Names the session; opens nothing' }),
      current: z.boolean(),
      device: z.string().meta({ description: 'Such as `Firefox on Linux`' }),
      network: z.string().nullable().meta({ description: 'Such as `203.0.113.0/24`' }),
      createdAt: instant,
      lastUsedAt: instant,
      endsAt: instant.meta({ description: 'By itself, if it is not used any more' }),
    }),
  ),
}) satisfies z.ZodType<OwnAccountView>;

const account = z.object({
  name,
  role,
  createdAt: instant,
  hasPassword: z.boolean(),
  hasSecondFactor: z.boolean(),
  linkExpiresAt: instant.nullable().meta({ description: 'Of a link that was not used yet' }),
}) satisfies z.ZodType<AccountView>;

const link = z.object({
  account,
  path: z.string().meta({ description: 'Opens the account once; shown once. Put it behind the address' }),
  url: z.url().meta({ description: 'The path behind the address that the node is told to have' }),
}) satisfies z.ZodType<LinkView>;

export const signedInSchema = described(signedIn);
export const ownAccountSchema = described(ownAccount);
export const accountSchema = described(account);
export const accountsSchema = described(z.object({ accounts: z.array(account) }));
export const linkSchema = described(link);
export const enrolmentSchema = described(
  z.object({
    secret: z.string().meta({ description: 'Base32, for typing it in' }),
    uri: z.string().meta({ description: '`otpauth://…`' }),
    qr: z.object({ size: z.int(), path: z.string() }).meta({ description: 'A QR code as one SVG path' }),
  }),
);
export const recoveryCodesSchema = described(
  z.object({ recoveryCodes: z.array(z.string()).meta({ description: 'Shown once; each opens once' }) }),
);
