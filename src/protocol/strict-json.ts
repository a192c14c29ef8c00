import { Refusal } from './refusal.js';

/** Deeper documents than any object of the protocol has, and more values than a full push. */
const DEPTH_MAX = 16;
const VALUES_MAX = 20_000;
const COMMA = 0x2c;
/** As JSON.stringify writes it: 1.0 and 1e-400 are other texts of the same double. */
const WHOLE_NUMBER = /^-?\d+$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Parses I-JSON (RFC 7493): valid UTF-8, no key twice in an object, no number that a double can't hold exactly, no
 * lone surrogate. Two parsers that read such a document differently would let one signature say two things.
 * Throws Refusal `bad-json`, or `too-large` for more values than `valuesMax`, before anything is made of them.
 */
export function parseStrictJson(bytes: Uint8Array, valuesMax = VALUES_MAX): unknown {
  if (hasMoreCommas(bytes, valuesMax)) throw new Refusal('too-large');
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('bad-json');
  }
  new Checker(text).document();
  return value;
}

/** No document has more values than commas, strings and brackets allow: its depth is bounded too. */
function hasMoreCommas(bytes: Uint8Array, max: number): boolean {
  let commas = 0;
  for (let at = bytes.indexOf(COMMA); at !== -1; at = bytes.indexOf(COMMA, at + 1)) {
    commas += 1;
    if (commas > max) return true;
  }
  return false;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal('bad-json');
  }
}

/** Walks text that JSON.parse has accepted, so it looks only for what that lets pass. */
class Checker {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.value(0);
  }

  private value(depth: number): void {
    if (depth > DEPTH_MAX) throw new Refusal('bad-json');
    this.space();
    const first = this.text[this.at];
    if (first === '{') this.object(depth);
    else if (first === '[') this.array(depth);
    else if (first === '"') this.string();
    else this.scalar();
    this.space();
  }

  private object(depth: number): void {
    const keys = new Set<string>();
    this.at += 1;
    this.space();
    while (this.text[this.at] !== '}') {
      this.space();
      const key = this.string();
      if (keys.has(key) || key === '__proto__') throw new Refusal('bad-json');
      keys.add(key);
      this.space();
      this.at += 1;
      this.value(depth + 1);
      if (this.text[this.at] === ',') this.at += 1;
    }
    this.at += 1;
  }

  private array(depth: number): void {
    this.at += 1;
    this.space();
    while (this.text[this.at] !== ']') {
      this.value(depth + 1);
      if (this.text[this.at] === ',') this.at += 1;
    }
    this.at += 1;
  }

  private string(): string {
    const start = this.at;
    this.at += 1;
    while (this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at += 1;
    const value = JSON.parse(this.text.slice(start, this.at)) as string;
    if (LONE_SURROGATE.test(value)) throw new Refusal('bad-json');
    return value;
  }

  private scalar(): void {
    const start = this.at;
    while (this.at < this.text.length && !',]} \t\n\r'.includes(this.text[this.at]!)) this.at += 1;
    const word = this.text.slice(start, this.at);
    if (word === 'true' || word === 'false' || word === 'null') return;
    const number = Number(word);
    const isExact = Number.isInteger(number)
      ? Number.isSafeInteger(number) && WHOLE_NUMBER.test(word)
      : Math.abs(number) < Number.MAX_SAFE_INTEGER;
    if (!Number.isFinite(number) || !isExact || Object.is(number, -0)) throw new Refusal('bad-json');
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text[this.at]!)) this.at += 1;
  }
}
