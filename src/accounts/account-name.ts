import * as z from 'zod';

const NAME_CHARS_MAX = 64;
/** Cut before it is normalised: one character may become eighteen (U+FDFA). */
const INPUT_CHARS_MAX = 256;
/** Controls, marks that turn or hide text, unassigned characters, line ends. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/** A name as it is shown: NFKC (UAX #15), so that one that looks the same is the same, without spaces around it. */
function shownName(text: string): string {
  return text.normalize('NFKC').trim().replace(/ +/g, ' ');
}

/** A name as it is compared. */
export function nameKeyOf(name: string): string {
  return shownName(name.slice(0, INPUT_CHARS_MAX)).toLowerCase().normalize('NFKC');
}

/** The name of a new account. */
export const accountName = z
  .string()
  .max(INPUT_CHARS_MAX)
  .transform(shownName)
  .pipe(
    z
      .string()
      .min(1, 'a name has 1 to 64 characters')
      .max(NAME_CHARS_MAX, 'a name has 1 to 64 characters')
      .refine((name) => !UNSEEN.test(name), 'a name has only characters that can be seen'),
  );
