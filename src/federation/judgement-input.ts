import * as z from 'zod';
import { isDay } from '../clock/day.js';

/** What an administrator says when deciding. */
export const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a node id has 43 characters');
export const day = z.string().refine(isDay, 'a UTC day such as 2026-11-22');
/** Without what could break a terminal, a log line or a table. */
export const why = z
  .string()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{0,500}$/u, 'at most 500 plain characters')
  .default('');

/** For OpenAPI. */
export const reason = { type: 'string' as const, maxLength: 500, description: 'For the audit log' };
