import * as z from 'zod';
import { isDay } from '../clock/day.js';

/** Whom and what a decision is about. */
export const nodeId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a node id has 43 characters');
export const day = z.string().refine(isDay, 'a UTC day such as 2026-11-22');
