import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import type { AlertsAnswer, AlertView } from './alert-views.js';

const alert = z.object({
  id: z.string(),
  name: z.string().meta({ description: 'As in docs/PROTOCOL.md, "Judgement"' }),
  node: z.string().nullable().meta({ description: 'Null for one about this node, or about several' }),
  nodeName: z.string().nullable(),
  other: z.string().nullable().meta({ description: 'Of a pair, the other' }),
  otherName: z.string().nullable(),
  measured: z.number().nullable(),
  threshold: z.number().nullable(),
  since: z.iso.datetime(),
  acknowledged: z.object({ by: z.string(), why: z.string(), at: z.iso.datetime() }).nullable(),
}) satisfies z.ZodType<AlertView>;

export const alertSchema = described(alert);
export const alertsSchema = described(
  z.object({
    alerts: z.array(alert).meta({ description: 'Unseen and new ones first; of each name at most 200' }),
    counts: z.record(z.string(), z.int().min(1)).meta({ description: 'How many in all, by name' }),
    asOf: z.iso.datetime(),
  }) satisfies z.ZodType<AlertsAnswer>,
);
