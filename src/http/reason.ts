import * as z from 'zod';

/** What a person says when deciding. Without what could break a terminal, a log line or a table. */
export const why = z
  .string()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{0,500}$/u, 'at most 500 plain characters')
  .default('');

/** For OpenAPI. */
export const reason = { type: 'string' as const, maxLength: 500, description: 'For the audit log' };
