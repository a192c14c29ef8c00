import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import { PEER_STATUSES } from '../storage/peer-store.js';
import type { FederationView } from './federation-view.js';
import type { NodeStatus } from './node-status.js';
import type { PeerView } from './peer-view.js';
import { bundleSchema } from './total-bundle.js';

/** `satisfies` keeps each description as complete as the type that is answered; a test keeps it as narrow. */
const nodeId = z.string().meta({ description: 'Node id: 43 characters of base64url' });
const day = z.iso.date().meta({ description: 'UTC day' });
const instant = z.iso.datetime();
const whole = z.int().min(0);
const tally = z.record(z.string(), z.int().min(1));
const pin = z
  .enum(['configured', 'first-contact', 'join', 'introduced'])
  .meta({ description: 'How its key was learned' });

const exchange = z.object({
  url: z.string(),
  node: nodeId.nullable().meta({ description: 'Null before the first contact' }),
  state: z.enum(['never reached', 'waiting for approval', 'in step', 'failing']),
  pin: pin.nullable(),
  lastError: z.string().nullable(),
  catchUp: z.object({ daysDone: whole, days: whole, reports: whole }).nullable().meta({
    description:
      'While ledgers are brought in step: days compared of those that differ, and reports that came',
  }),
});

const words = z.string().meta({ description: 'Six words of the node id, for comparing' });

const status = z.object({
  node: nodeId,
  words,
  name: z.string().nullable(),
  role: z.enum(['standalone', 'member', 'peer', 'hub']),
  counting: z.boolean().meta({ description: 'False for a blind hub' }),
  software: z.string(),
  federation: z.string().nullable().meta({ description: 'Its name; null for a node that stands alone' }),
  today: z.object({ day, hits: whole, dropped: tally.meta({ description: 'Hits not counted, by reason' }) }),
  exchanges: z.array(exchange).meta({ description: 'One for the hub or for each peer of the configuration' }),
  refused: tally.meta({ description: 'Requests and reports refused since the start, by reason' }),
  totalAsOf: instant.nullable(),
  totalFrom: z
    .string()
    .nullable()
    .meta({ description: 'Address of the hub whose total is shown; null for an own one' }),
  warnings: z.array(z.string()),
}) satisfies z.ZodType<NodeStatus>;

const peer = z.object({
  node: nodeId,
  words,
  name: z.string().nullable(),
  url: z.string().nullable().meta({ description: 'Null for a member, which only calls' }),
  role: z.enum(['hub', 'member', 'sub-hub', 'peer', 'auditor']),
  status: z.enum(PEER_STATUSES),
  statusSince: instant,
  pin,
  software: z.string(),
  lastSeenAt: instant.nullable(),
  lastDeliveryAt: instant.nullable().meta({ description: 'When it last took all our reports' }),
  newestReport: z.object({ day, issuedAt: instant, fresh: z.boolean() }).nullable(),
  lastError: z.string().nullable(),
  lastErrorAt: instant.nullable(),
  contradiction: z
    .enum(['reports', 'keys'])
    .nullable()
    .meta({ description: 'It signed two reports under one seq, or two next keys' }),
  via: z
    .array(z.string())
    .readonly()
    .meta({ description: 'Node ids of the hubs below this one whose member it is' }),
}) satisfies z.ZodType<PeerView>;

const federation = z.object({
  name: z.string().nullable().meta({ description: 'Null for a node that stands alone' }),
  federation: z.string().meta({ description: 'Federation id' }),
  identity: z.string().meta({ description: 'What stands for a person, such as `ip-ua/1`' }),
  dayZero: day.meta({ description: 'First day of epoch 0' }),
  epochDays: z.int().min(1),
  chain: z.string(),
  keys: z.array(z.string()).meta({ description: 'Names of the keys held, never a key' }),
  firstDay: day,
  next: z
    .object({ name: z.string().nullable(), federation: z.string(), firstDay: day })
    .nullable()
    .meta({ description: 'An imported federation that takes over on that day' }),
}) satisfies z.ZodType<FederationView>;

export const statusSchema = described(status);
export const peerSchema = described(peer);
export const peersSchema = described(z.object({ peers: z.array(peer) }));
export const federationSchema = described(federation);
export const leavingSchema = described(
  z.object({ untold: z.array(z.string()).meta({ description: 'Addresses that did not answer' }) }),
);
export const lineSchema = described(z.object({ line: z.string().max(4096) }));
export const totalBundleSchema = described(bundleSchema);
