import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Encoding = 'br' | 'gzip' | 'identity';

/** One file that was built from web/, in every encoding that it was built in. */
export interface WebFile {
  type: string;
  etag: string;
  bodies: ReadonlyMap<Encoding, Buffer>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
const SUFFIXES = { br: '.br', gzip: '.gz' } as const;

/** What web/build.js built: beside the compiled sources; tests run the sources themselves. Undefined where nothing was. */
export const WEB_FOLDER = ['../web', '../../dist/web']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((candidate) => existsSync(join(candidate, 'index.html')));

/**
 * The built pages, read once: they are a few hundred kilobytes, and what is asked for is looked up by name and never
 * becomes a path. Empty where nothing was built.
 */
export class WebFiles {
  private constructor(private readonly files: ReadonlyMap<string, WebFile>) {}

  static read(folder = WEB_FOLDER): WebFiles {
    if (folder === undefined) return new WebFiles(new Map());
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const served = names.filter((name) => extname(name) in TYPES);
    return new WebFiles(new Map(served.map((name) => [name, readWebFile(join(folder, name))])));
  }

  /** By name below dist/web, such as `assets/index-1a2b3c.js`. */
  find(name: string): WebFile | null {
    return this.files.get(name) ?? null;
  }
}

function readWebFile(path: string): WebFile {
  const plain = readFileSync(path);
  const bodies = new Map<Encoding, Buffer>([['identity', plain]]);
  for (const [encoding, suffix] of Object.entries(SUFFIXES) as ['br' | 'gzip', string][]) {
    if (existsSync(path + suffix)) bodies.set(encoding, readFileSync(path + suffix));
  }
  return { type: TYPES[extname(path)]!, etag: etagOf(plain), bodies };
}

export function etagOf(content: Buffer): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** The smallest encoding of the file that the caller names in Accept-Encoding without refusing it. */
export function bestEncoding(file: WebFile, accepted: string | undefined): Encoding {
  const wanted = (accepted ?? '').toLowerCase().split(',');
  const takes = (encoding: Encoding) =>
    wanted.some((entry) => {
      const [name, quality] = entry.split(';').map((part) => part.trim());
      return name === encoding && !/^q=0(\.0*)?$/.test(quality ?? '');
    });
  return (
    (['br', 'gzip'] as const).find((encoding) => file.bodies.has(encoding) && takes(encoding)) ?? 'identity'
  );
}
