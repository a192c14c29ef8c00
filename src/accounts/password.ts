import * as z from 'zod';
import { nameKeyOf } from './account-name.js';

const CHARS_MIN = 12;
/** Long enough for a sentence. A longer text is refused before it is hashed. */
const CHARS_MAX = 200;
/** Of a text that repeats itself, length says nothing. */
const DIFFERENT_MIN = 5;

/** What is typed at the door: hashed as NFKC (RFC 8265 does so too), since keyboards write one letter in several ways. */
export const typedPassword = z
  .string()
  .min(1)
  .max(CHARS_MAX)
  .transform((text) => text.normalize('NFKC'));

/** A password that somebody chooses. NIST SP 800-63B: length decides, no rules about kinds of characters. */
export const newPassword = z
  .string()
  .max(CHARS_MAX, `a password has ${CHARS_MIN} to ${CHARS_MAX} characters`)
  .transform((text) => text.normalize('NFKC'))
  .refine((text) => [...text].length >= CHARS_MIN, `a password has at least ${CHARS_MIN} characters`)
  .refine((text) => new Set(text).size >= DIFFERENT_MIN, 'this password repeats a few characters');

/** Whether a password is hardly more than what everyone sees. */
export function isNamesake(password: string, name: string): boolean {
  const key = nameKeyOf(name);
  const rest = password.toLowerCase().split(key).join('');
  return [...rest].length < CHARS_MIN / 2;
}
