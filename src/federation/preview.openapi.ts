import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import { totalSchema } from '../protocol/total.js';
import { EFFECT_ACTIONS } from './core/effects.js';
import { heldReportShape } from './judgement.openapi.js';
import type { EffectView, EvidenceView } from './preview-views.js';

const { windows, instances } = totalSchema.shape;
const day = z.iso.date();
const whole = z.int().min(0);
const side = z.object({
  windows,
  instance: instances.element.nullable().meta({ description: 'Its own row; null where it is in no total' }),
});

export const effectSchema = described(
  z.object({
    ...{ node: z.string(), day: day.nullable(), action: z.enum(EFFECT_ACTIONS), asOf: z.iso.datetime() },
    before: side,
    after: side,
  }) satisfies z.ZodType<EffectView>,
);

export const evidenceSchema = described(
  z.object({
    node: z.string(),
    held: heldReportShape,
    findings: z
      .array(z.object({ rule: z.string(), measured: z.number(), threshold: z.number() }))
      .meta({ description: 'Every rule that would hold it; the one that did is the first' }),
    sketches: z.array(
      z.object({
        keyName: z.string(),
        estimate: whole,
        probability: z.number().min(0).max(1).meta({ description: 'Of honest registers to look as odd' }),
        ranks: z
          .array(z.object({ rank: whole, observed: whole, expected: z.number().min(0) }))
          .meta({ description: 'How many of the 16,384 registers have each rank' }),
      }),
    ),
    history: z
      .array(
        z.object({
          day,
          uniques: whole.nullable(),
          low: whole.nullable().meta({ description: 'Of the 95 % interval' }),
          high: whole.nullable(),
          hits: whole.nullable(),
        }),
      )
      .meta({ description: 'What counts of the 35 days before and of this one, oldest first' }),
  }) satisfies z.ZodType<Omit<EvidenceView, 'findings'> & { findings: { rule: string }[] }>,
);
