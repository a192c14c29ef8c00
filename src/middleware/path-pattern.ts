/**
 * The paths whose requests count: `/manifest.json` is itself, `/:config/manifest.json` takes any one segment in
 * place of `:config`. Nothing else has a meaning.
 */
export interface PathPattern {
  readonly pattern: string;
  matches(path: string): boolean;
}

const PATTERN_CHARS_MAX = 2_048;

/** Throws TypeError for a text that is no path, RangeError for one longer than a hit may carry. */
export function pathPattern(pattern: string): PathPattern {
  if (typeof pattern !== 'string' || !pattern.startsWith('/') || /[?#*\s]/.test(pattern)) {
    throw new TypeError(`a path starts with / and has no ?, #, * or space: ${JSON.stringify(pattern)}`);
  }
  if (pattern.length > PATTERN_CHARS_MAX)
    throw new RangeError(`a path has at most ${PATTERN_CHARS_MAX} characters`);
  const segments = pattern.split('/');
  if (!segments.some((segment) => segment.startsWith(':')))
    return { pattern, matches: (path) => path === pattern };
  return { pattern, matches: (path) => matchesSegments(path, segments) };
}

function matchesSegments(path: string, segments: readonly string[]): boolean {
  let start = 0;
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    const slash = path.indexOf('/', start);
    if (isLast !== (slash === -1)) return false;
    const end = isLast ? path.length : slash;
    if (segment.startsWith(':') ? end === start : path.slice(start, end) !== segment) return false;
    start = end + 1;
  }
  return true;
}
