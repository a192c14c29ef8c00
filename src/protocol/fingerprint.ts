import { wordlist } from '@scure/bip39/wordlists/english.js';

const WORDS = 6;
const BITS_PER_WORD = 11;

/**
 * A node id as words that two people can compare on the phone: the first 66 bits of it, in the 2,048 English words of
 * BIP 39, which differ in their first four letters. Whoever wants an id with the same words has to try 2^66 keys.
 */
export function fingerprintWords(nodeId: string): string {
  const bytes = Buffer.from(nodeId, 'base64url');
  let bits =
    BigInt(`0x${bytes.subarray(0, 9).toString('hex').padEnd(18, '0')}`) >> BigInt(72 - WORDS * BITS_PER_WORD);
  const words: string[] = [];
  for (let word = 0; word < WORDS; word++) {
    words.unshift(wordlist[Number(bits & 2047n)] ?? '');
    bits >>= BigInt(BITS_PER_WORD);
  }
  return words.join(' ');
}
