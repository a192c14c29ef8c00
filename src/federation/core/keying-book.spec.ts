import { beforeEach, describe, expect, it } from '@jest/globals';
import { signCard } from '../../protocol/card.js';
import { openKeying, signKeying } from '../../protocol/keying.js';
import { NodeKey } from '../../protocol/node-key.js';
import { MemorySettingsStore } from '../../storage/memory/memory-settings-store.js';
import { KeyingBook } from './keying-book.js';

const key = NodeKey.generate();
const software = { name: 'x', version: '1' };
const card = signCard({ name: null, url: null, software, listed: true, counting: true, version: 1 }, key);

let book: KeyingBook;
beforeEach(async () => {
  book = await KeyingBook.open(new MemorySettingsStore());
});

function put(epoch: number, chars = 0): Promise<boolean> {
  const text = signKeying(
    {
      ...{ card, issuedAt: '2026-11-22T12:00:00Z', number: epoch, federation: 'fed-1', chain: 'e14e09d9' },
      ...{ epoch, before: '4dbc0b662b9043db', first: '2026-12-19', last: '2027-01-17', cut: null },
      ...{ fresh: null, endorses: [] },
    },
    key,
  );
  return book.put(openKeying(text), text.padEnd(chars));
}

describe('the book of keyings', () => {
  it('holds two hundred, and more once the oldest are of no use', async () => {
    for (let epoch = 1; epoch <= 200; epoch++) expect(await put(epoch)).toBe(true);
    await expect(put(201)).rejects.toMatchObject({ reason: 'keyings-full' });
    expect(await put(1)).toBe(false);
    await book.forgetBefore(2);
    expect(await put(201)).toBe(true);
    expect(book.keyings()).toHaveLength(200);
  });

  it('holds sixteen mebibytes of them', async () => {
    for (let epoch = 1; epoch <= 4; epoch++) expect(await put(epoch, 4 * 1024 * 1024)).toBe(true);
    await expect(put(5)).rejects.toMatchObject({ reason: 'keyings-full' });
  });
});
