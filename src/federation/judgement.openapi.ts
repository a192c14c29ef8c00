import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import type { AuditPage, OriginsPage, OverlapMatrix, ReleasedView } from './admin-views.js';
import type { Claim } from './core/judgement/claim.js';
import { type OriginView, PRIVACY_MODES, type RulingView } from './origin-view.js';

const nodeId = z.string().meta({ description: 'Node id: 43 characters of base64url' });
const day = z.iso.date().meta({ description: 'UTC day' });
const instant = z.iso.datetime();
const whole = z.int().min(0);
const claim = z.object({
  uniques: whole,
  low: whole.meta({ description: 'Of the 95 % interval' }),
  high: whole,
  hits: whole,
}) satisfies z.ZodType<Claim>;

const ruling = z.object({
  node: nodeId,
  day: day.nullable().meta({ description: 'Null for all of its days' }),
  verdict: z.enum(['hold', 'exclude']),
  by: z.string(),
  why: z.string(),
  at: instant,
}) satisfies z.ZodType<RulingView>;

const windowFigures = z.object({
  estimate: whole,
  low: whole,
  high: whole,
  share: z.number().min(0).max(1).nullable(),
  marginal: whole.nullable().meta({ description: 'People the total would lose without it' }),
});

export const heldReportShape = z.object({
  day,
  rule: z.string(),
  measured: z.number().nullable().meta({ description: 'What the rule measured' }),
  threshold: z.number().nullable().meta({ description: 'What it may be' }),
  since: instant,
  issuedAt: instant,
  ...claim.shape,
  counted: claim.nullable().meta({ description: 'What counts of that day meanwhile' }),
});

const origin = z.object({
  node: nodeId,
  name: z.string().nullable(),
  role: z.string(),
  status: z.string(),
  software: z.string().nullable(),
  privacy: z.enum(PRIVACY_MODES).nullable().meta({
    description:
      'What its last 14 reported days share: every sketch; only those of days above its sketch minimum; counts alone. blind: it counts no site. Null while it has reported nobody',
  }),
  windows: z
    .object({ '1d': windowFigures, '7d': windowFigures, '30d': windowFigures, all: windowFigures })
    .nullable()
    .meta({ description: 'Of the newest total; null while it is in none' }),
  trend: z
    .array(z.object({ day, uniques: whole.nullable(), hits: whole.nullable() }))
    .meta({ description: 'The last 14 days, oldest first' }),
  newestReport: z.object({ day, issuedAt: instant, fresh: z.boolean() }).nullable(),
  lastSeenAt: instant.nullable(),
  lastError: z.string().nullable(),
  exchange: z
    .object({
      state: z.enum(['never reached', 'waiting for approval', 'in step', 'failing']),
      breaker: z.enum(['closed', 'open', 'half-open']),
      retryAt: instant.nullable(),
    })
    .nullable()
    .meta({ description: 'Where this node calls it' }),
  clockOffsetMs: z.number().nullable().meta({ description: 'Its clock less ours' }),
  held: z.array(heldReportShape),
  rulings: z.array(ruling),
}) satisfies z.ZodType<OriginView>;

const overlap = z.object({
  a: nodeId,
  b: nodeId,
  from: day,
  to: day,
  uniquesA: whole.nullable().meta({ description: 'Null without a sketch that can be read' }),
  uniquesB: whole.nullable(),
  shared: z
    .object({ estimate: whole, low: whole, high: whole })
    .nullable()
    .meta({ description: 'People of both, with the 95 % interval' }),
  hidden: z.enum(['too-few', 'below-detection']).nullable().meta({
    description: 'too-few: not more than 1,000 people on both sides; below-detection: see atMost',
  }),
  atMost: whole.nullable(),
});

const auditPage = z.object({
  entries: z.array(
    z.object({
      number: z.int().min(1),
      previous: z.string(),
      hash: z.string(),
      by: z.string(),
      action: z.string(),
      subject: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
      why: z.string(),
      at: instant,
    }),
  ),
  firstBroken: z
    .int()
    .nullable()
    .meta({ description: 'The first entry that is missing or not as it was written' }),
}) satisfies z.ZodType<AuditPage>;

const originsPage = z.object({ origins: z.array(origin), count: whole }) satisfies z.ZodType<OriginsPage>;
const overlapMatrix = z.object({
  names: z.record(z.string(), z.string().nullable()),
  overlaps: z.array(overlap),
}) satisfies z.ZodType<OverlapMatrix>;

const releasedView = z.object({
  released: z
    .array(z.object({ day, uniques: whole, hits: whole }))
    .meta({ description: 'What counts now, oldest first' }),
}) satisfies z.ZodType<ReleasedView>;

export const originsSchema = described(originsPage);
export const overlapsSchema = described(overlapMatrix);
export const overlapSchema = described(
  overlap.extend({ window: z.enum(['1d', '7d', '30d']), asOf: instant }),
);
export const rulingSchema = described(ruling);
export const rulingsSchema = described(z.object({ rulings: z.array(ruling) }));
export const liftedSchema = described(z.object({ lifted: z.literal(true) }));
export const releasedSchema = described(releasedView);
export const auditSchema = described(auditPage);
