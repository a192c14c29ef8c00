import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import en from './messages/en.js';

/** The first argument of whatever writes into the log, up to its end. */
const WRITING = /(?:\.note\(|\bnote\(|\.signing\(|\baction: )([^,;{}\n]+)/g;

function actionsWritten(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .filter((text) => /\baudit\b/.test(text));
  const said = texts.flatMap((text) => [...text.matchAll(WRITING)].map(([, argument]) => argument!));
  const words = said.flatMap((argument) => [...argument.matchAll(/'([a-z][a-z -]*)'/g)]);
  return [...new Set(words.map(([, action]) => action!))];
}

it('has a word for every action that the node writes into its audit log', () => {
  const actions = actionsWritten();
  expect(actions).toEqual(expect.arrayContaining(['approve as trusted', 'make key', 'sign roster', 'leave']));
  expect(actions.filter((action) => !(`did-${action.replaceAll(' ', '-')}` in en))).toEqual([]);
});
