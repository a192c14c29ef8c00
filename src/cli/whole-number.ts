import { InvalidArgumentError } from 'commander';

/** For an option that is a count. Throws InvalidArgumentError, which names the option and ends the command. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is no whole number.');
}
