import { formatterOf } from './formatters.js';
import type { Message } from './messages.js';

/** The text of a message in its plural form, with everything in braces filled in. */
export function fill(
  message: Message,
  fillings: Readonly<Record<string, string | number>>,
  locale: string,
): string {
  const text = typeof message === 'string' ? message : pluralForm(message, fillings.count, locale);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const filling = fillings[name];
    if (filling === undefined) return whole;
    return typeof filling === 'number' ? formatterOf(Intl.NumberFormat, locale).format(filling) : filling;
  });
}

function pluralForm(
  message: Exclude<Message, string>,
  count: string | number | undefined,
  locale: string,
): string {
  if (typeof count !== 'number') return message.other;
  return message[formatterOf(Intl.PluralRules, locale).select(count)] ?? message.other;
}
