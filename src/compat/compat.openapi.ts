import type { SchemaObject } from '../http/openapi-schema.js';

/** The bodies of the earlier systems, key for key. */
const whole: SchemaObject = { type: 'integer', minimum: 0 };
const succeeded: SchemaObject = { type: 'boolean', enum: [true] };

function answer(properties: Readonly<Record<string, SchemaObject>>): SchemaObject {
  return { type: 'object', required: Object.keys(properties), properties: { ...properties } };
}

export const pingAnswerSchema = answer({
  status: { type: 'string', enum: ['healthy'] },
  new_client: { type: 'boolean', description: 'It sent no client_id, or none of ours' },
  daily_active_users: whole,
  monthly_active_users: whole,
});

export const cookieStatsSchema = answer({
  success: succeeded,
  data: answer({
    daily_active_users: whole,
    monthly_active_users: whole,
    total_unique_users: whole,
    daily_breakdown: {
      type: 'array',
      maxItems: 8,
      items: answer({ date: { type: 'string', format: 'date' }, users: whole }),
    },
    timestamp: { type: 'string', format: 'date-time' },
  }),
});

export const cleanupBodySchema: SchemaObject = {
  type: 'object',
  properties: { days_to_keep: { type: 'integer', minimum: 1, maximum: 36_500, default: 90 } },
};

export const cleanedSchema = answer({
  success: succeeded,
  message: { type: 'string' },
  deleted_count: whole,
});

export const trackedSchema = answer({ success: succeeded, count: whole });
export const counterSchema = answer({ count: whole });
export const takenSchema = answer({ success: succeeded });

export const plainCountSchema = answer({
  count: { type: 'integer', minimum: 1, maximum: 10_000_000_000 },
  instanceId: { type: 'string', maxLength: 128, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
});

export const legacySchema = answer({
  instance: { type: 'string' },
  count: whole,
  receivedAt: { type: 'string', format: 'date-time' },
  listed: { type: 'boolean', description: 'False while it waits for an administrator' },
});
export const legacyListSchema = answer({ instances: { type: 'array', maxItems: 1000, items: legacySchema } });
