/** The longest written form is 45 characters; a zone id (an interface's name) may follow. */
const ADDRESS_CHARS_MAX = 80;
const ZONE_PATTERN = /%[\w.~-]{1,32}$/;

/** Four decimal octets without leading zeros: `010.1.1.1` is 8.1.1.1 to one reader and 10.1.1.1 to the next. */
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4_PATTERN = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const GROUP_PATTERN = /^[0-9a-f]{1,4}$/i;
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * The part of an address that stands for a person, in its one canonical text: an IPv4 address whole, an IPv6
 * address cut to its /64 (`2001:db8:0:7::/64`), since a household has a /64 and its devices change the rest
 * daily. IPv4-mapped IPv6 (`::ffff:192.0.2.1`) is what a dual-stack socket calls IPv4, and becomes that. NAT64
 * and 6to4 are IPv6. Zone ids are dropped. Null for anything that is not exactly one address.
 *
 * Read by hand: every visit comes through here, and ipaddr.js takes 12 µs for an IPv6 address. The tests compare.
 */
export function reduceAddress(text: string): string | null {
  if (text.length > ADDRESS_CHARS_MAX) return null;
  if (IPV4_PATTERN.test(text)) return text;
  const groups = groupsOf(text.includes('%') ? text.replace(ZONE_PATTERN, '') : text);
  if (groups === null) return null;
  return isIPv4Mapped(groups) ? dotted(groups[6]!, groups[7]!) : networkOf(groups);
}

/** The eight numbers of an IPv6 address; null when the text is none. */
function groupsOf(text: string): number[] | null {
  const gap = text.indexOf('::');
  if (gap === -1) {
    const groups = readGroups(text, true);
    return groups?.length === GROUPS ? groups : null;
  }
  const before = gap === 0 ? [] : readGroups(text.slice(0, gap), false);
  const after = gap + 2 === text.length ? [] : readGroups(text.slice(gap + 2), true);
  if (before === null || after === null) return null;
  const zeros = GROUPS - before.length - after.length;
  return zeros < 1 ? null : [...before, ...Array<number>(zeros).fill(0), ...after];
}

/** Numbers between colons. Only the end of an address may be dotted, and is two groups then. */
function readGroups(text: string, mayEndDotted: boolean): number[] | null {
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (GROUP_PATTERN.test(part)) groups.push(Number.parseInt(part, 16));
    else if (mayEndDotted && index === parts.length - 1 && IPV4_PATTERN.test(part)) {
      const [a, b, c, d] = part.split('.').map(Number) as [number, number, number, number];
      groups.push(a * 256 + b, c * 256 + d);
    } else return null;
  }
  return groups;
}

function isIPv4Mapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** As RFC 5952 writes it: four zero groups at the end are the longest run there can be, with any zeros before them. */
function networkOf(groups: readonly number[]): string {
  const network = groups.slice(0, NETWORK_GROUPS);
  const shown = network.findLastIndex((group) => group !== 0) + 1;
  const texts = network.slice(0, shown).map((group) => group.toString(16));
  return `${texts.join(':')}::/64`;
}
