/**
 * One line of an access log in the combined format, which Apache and nginx share:
 *
 *   203.0.113.9 - frank [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 512 "http://from/" "Mozilla/5.0 …"
 *
 * Nearly every byte of it was chosen by a stranger. A quote inside a quoted field is written `\"` by Apache and
 * `\x22` by nginx, so an unescaped one is always the end. The user name is not quoted and may have spaces and
 * brackets, so the time is what looks like a time *and* is followed by `] "`, which no escaped name can forge.
 * Read by hand, in one pass: no expression that backtracks.
 */
export interface LogLine {
  /** The first field as it stands: an address, or a host name where the server looked it up. */
  address: string;
  timeMs: number;
  /** Empty, like the path, when the request line was none (`"-"`, a TLS hello). */
  method: string;
  path: string;
  status: number;
  /** Null for `-`. */
  referrer: string | null;
  /** Null for `-`. */
  userAgent: string | null;
}

/** Servers refuse longer requests than this. */
export const LINE_CHARS_MAX = 32_768;
const ADDRESS_CHARS_MAX = 255;
/** `17/May/2015:10:05:03 +0000` */
const TIME_CHARS = 26;
const BACKSLASH = 92;
const QUOTE = '"';

/** Null for a line that is not in the combined format. Anything may follow its last field. */
export function parseLogLine(line: string): LogLine | null {
  if (line.length > LINE_CHARS_MAX) return null;
  const addressEnd = line.indexOf(' ');
  if (addressEnd < 1 || addressEnd > ADDRESS_CHARS_MAX) return null;
  const time = findTime(line, addressEnd);
  if (time === null) return null;
  const requestEnd = closingQuote(line, time.end);
  const status = statusAt(line, requestEnd + 2);
  if (requestEnd === -1 || status === 0) return null;
  const referrerStart = line.indexOf(QUOTE, requestEnd + 5) + 1;
  const referrerEnd = referrerStart === 0 ? -1 : closingQuote(line, referrerStart);
  if (referrerEnd === -1 || line[referrerEnd + 1] !== ' ' || line[referrerEnd + 2] !== QUOTE) return null;
  const agentEnd = closingQuote(line, referrerEnd + 3);
  if (agentEnd === -1) return null;
  const request = unescaped(line.slice(time.end, requestEnd));
  const methodEnd = request.indexOf(' ');
  const pathEnd = request.indexOf(' ', methodEnd + 1);
  return {
    address: line.slice(0, addressEnd),
    timeMs: time.timeMs,
    method: methodEnd === -1 ? '' : request.slice(0, methodEnd),
    path: methodEnd === -1 ? '' : request.slice(methodEnd + 1, pathEnd === -1 ? request.length : pathEnd),
    status,
    referrer: fieldText(line.slice(referrerStart, referrerEnd)),
    userAgent: fieldText(line.slice(referrerEnd + 3, agentEnd)),
  };
}

function fieldText(raw: string): string | null {
  return raw === '-' ? null : unescaped(raw);
}

/** The time, and where the request line begins after it. */
function findTime(line: string, from: number): { timeMs: number; end: number } | null {
  let open = line.indexOf(' [', from);
  while (open !== -1) {
    const close = open + 2 + TIME_CHARS;
    if (line.startsWith('] "', close)) {
      const timeMs = timeOf(line, open + 2);
      if (!Number.isNaN(timeMs)) return { timeMs, end: close + 3 };
    }
    open = line.indexOf(' [', open + 2);
  }
  return null;
}

/** -1 when the field never ends. */
function closingQuote(line: string, from: number): number {
  let end = line.indexOf(QUOTE, from);
  while (end !== -1 && isEscaped(line, end, from)) end = line.indexOf(QUOTE, end + 1);
  return end;
}

/** An odd number of backslashes stands before it. */
function isEscaped(line: string, position: number, from: number): boolean {
  let first = position;
  while (first > from && line.charCodeAt(first - 1) === BACKSLASH) first--;
  return ((position - first) & 1) === 1;
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  v: '\v',
  f: '\f',
};

/**
 * `\xhh` becomes the character of that byte, as Node reads the bytes of a header: so a visitor has the same key
 * from a log as from a live request.
 */
function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(
    /\\(?:x([0-9a-fA-F]{2})|(.))/gs,
    (_all, hex: string | undefined, plain: string | undefined) =>
      hex === undefined
        ? (NAMED_ESCAPES[plain ?? ''] ?? plain ?? '')
        : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Three digits from 100 on, then a space; 0 for anything else. */
function statusAt(line: string, at: number): number {
  if (line[at - 1] !== ' ' || line[at + 3] !== ' ') return 0;
  const status = digits(line, at, 3);
  return status >= 100 ? status : 0;
}

/** NaN when any of them is no digit. */
function digits(line: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = line.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const MONTHS: Readonly<Record<string, number>> = {
  Jan: 0,
  Feb: 1,
  Mar: 2,
  Apr: 3,
  May: 4,
  Jun: 5,
  Jul: 6,
  Aug: 7,
  Sep: 8,
  Oct: 9,
  Nov: 10,
  Dec: 11,
};

/** `17/May/2015:10:05:03 +0000` in milliseconds since 1970; NaN for any other text and for days that don't exist. */
function timeOf(line: string, at: number): number {
  const month = MONTHS[line.slice(at + 3, at + 6)];
  const sign = line[at + 21] === '+' ? 1 : line[at + 21] === '-' ? -1 : Number.NaN;
  if (month === undefined || !hasTimeMarks(line, at)) return Number.NaN;
  const dayOfMonth = digits(line, at, 2);
  const hour = digits(line, at + 12, 2);
  const minute = digits(line, at + 15, 2);
  const second = digits(line, at + 18, 2);
  const offsetMinutes = sign * (digits(line, at + 22, 2) * 60 + digits(line, at + 24, 2));
  // A leap second, 60, is the second after.
  if (!(hour < 24 && minute < 60 && second <= 60 && Math.abs(offsetMinutes) <= 14 * 60)) return Number.NaN;
  const dayMs = dayStart(digits(line, at + 7, 4), month, dayOfMonth);
  return dayMs + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000;
}

function hasTimeMarks(line: string, at: number): boolean {
  return (
    line[at + 2] === '/' &&
    line[at + 6] === '/' &&
    line[at + 11] === ':' &&
    line[at + 14] === ':' &&
    line[at + 17] === ':' &&
    line[at + 20] === ' '
  );
}

/** NaN for 31 February, and for years that no log has. */
function dayStart(year: number, month: number, dayOfMonth: number): number {
  if (!(year >= 1970 && dayOfMonth >= 1)) return Number.NaN;
  const startMs = Date.UTC(year, month, dayOfMonth);
  return new Date(startMs).getUTCDate() === dayOfMonth ? startMs : Number.NaN;
}
