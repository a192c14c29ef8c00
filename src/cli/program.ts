import { Command, type ParseOptionsResult } from 'commander';

const BEGINS_AS_OPTIONS_DO = /^-[A-Za-z0-9_-]{42}$/;

/** One in 64 node ids begins as options do: it is a word all the same. */
export class Program extends Command {
  override createCommand(name?: string): Command {
    return new Program(name);
  }

  override parseOptions(words: readonly string[]): ParseOptionsResult {
    const { operands, unknown } = super.parseOptions(words.map(hidden));
    return { operands: operands.map(shown), unknown: unknown.map(shown) };
  }
}

function hidden(word: string): string {
  return BEGINS_AS_OPTIONS_DO.test(word) ? ` ${word}` : word;
}

function shown(word: string): string {
  return BEGINS_AS_OPTIONS_DO.test(word.slice(1)) ? word.slice(1) : word;
}
