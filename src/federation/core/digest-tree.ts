import { createHash } from 'node:crypto';
import type { Day } from '../../clock/day.js';
import type { LedgerEntry } from '../../storage/ledger.js';

/** How many buckets a day has: one for each value of the first byte of a node id. */
export const BUCKET_COUNT = 256;

export interface DayDigest {
  /** 32 hex digits. */
  hash: string;
  /** How many origins reported the day. */
  origins: number;
}

/**
 * What stands in a ledger, in hashes: one for everything, one for each day, one for each bucket of a day. Two
 * ledgers that answer the same root hold the same newest reports, and a difference is found by looking only where
 * hashes differ. Of each (origin, day) it knows the newest report that it was told of.
 */
export class DigestTree {
  private readonly byDay = new Map<Day, DayTree>();

  static of(entries: Iterable<LedgerEntry>): DigestTree {
    const tree = new DigestTree();
    for (const entry of entries) tree.note(entry);
    return tree;
  }

  /** A report stands in a slot. An older one than is known changes nothing. */
  note(entry: LedgerEntry): void {
    let day = this.byDay.get(entry.day);
    if (!day) {
      day = new DayTree();
      this.byDay.set(entry.day, day);
    }
    day.note(entry);
  }

  /** Nothing of that origin stands on the day any more. */
  forget(origin: string, day: Day): void {
    const tree = this.byDay.get(day);
    tree?.forget(origin);
    if (tree?.isEmpty) this.byDay.delete(day);
  }

  /** What it knows of those origins only. */
  only(origins: ReadonlySet<string>): DigestTree {
    const tree = new DigestTree();
    for (const [day, known] of this.byDay) {
      const some = known.only(origins);
      if (some) tree.byDay.set(day, some);
    }
    return tree;
  }

  /** Forgets the days before `firstDay`. */
  forgetBefore(firstDay: Day): void {
    for (const day of this.byDay.keys()) if (day < firstDay) this.byDay.delete(day);
  }

  /** 64 hex digits over the days from `from` to `to`, both included. */
  root(from: Day, to: Day): string {
    const hash = createHash('sha256');
    for (const [day, { hash: dayHash }] of this.days(from, to)) hash.update(`${day} ${dayHash}\n`);
    return hash.digest('hex');
  }

  /** The days from `from` to `to` that anything is known of, oldest first. */
  days(from: Day, to: Day): Map<Day, DayDigest> {
    const days = [...this.byDay.keys()].filter((day) => from <= day && day <= to).sort();
    return new Map(days.map((day) => [day, this.byDay.get(day)!.digest()]));
  }

  /** 32 hex digits of each bucket of the day that is not empty. */
  buckets(day: Day): Map<number, string> {
    return this.byDay.get(day)?.buckets() ?? new Map();
  }
}

class DayTree {
  private readonly bucketsByNumber = new Map<number, Bucket>();
  private known: DayDigest | null = null;

  note(entry: LedgerEntry): void {
    const number = bucketOf(entry.origin);
    const bucket = this.bucketsByNumber.get(number) ?? new Bucket();
    this.bucketsByNumber.set(number, bucket);
    if (bucket.note(entry)) this.known = null;
  }

  get isEmpty(): boolean {
    return this.bucketsByNumber.size === 0;
  }

  forget(origin: string): void {
    const number = bucketOf(origin);
    const bucket = this.bucketsByNumber.get(number);
    bucket?.forget(origin);
    if (bucket?.size === 0) this.bucketsByNumber.delete(number);
    this.known = null;
  }

  /** Null when nothing is left. */
  only(origins: ReadonlySet<string>): DayTree | null {
    const day = new DayTree();
    for (const [number, bucket] of this.bucketsByNumber) {
      const some = bucket.only(origins);
      if (some.size > 0) day.bucketsByNumber.set(number, some);
    }
    return day.bucketsByNumber.size > 0 ? day : null;
  }

  digest(): DayDigest {
    if (this.known) return this.known;
    const hash = createHash('sha256');
    for (const [number, bucketHash] of this.buckets()) hash.update(`${bucketName(number)} ${bucketHash}\n`);
    let origins = 0;
    for (const bucket of this.bucketsByNumber.values()) origins += bucket.size;
    this.known = { hash: hash.digest('hex').slice(0, HASH_DIGITS), origins };
    return this.known;
  }

  buckets(): Map<number, string> {
    const numbers = [...this.bucketsByNumber.keys()].sort((a, b) => a - b);
    return new Map(numbers.map((number) => [number, this.bucketsByNumber.get(number)!.hash()]));
  }
}

class Bucket {
  /** By origin. The hash of a line takes half of the room that the line would. */
  private readonly newest = new Map<string, { seq: number; line: Buffer }>();
  private known: string | null = null;

  get size(): number {
    return this.newest.size;
  }

  note({ origin, day, seq, reportId }: LedgerEntry): boolean {
    const standing = this.newest.get(origin);
    if (standing && standing.seq >= seq) return false;
    const line = createHash('sha256').update(`${origin} ${day} ${seq} ${reportId}\n`).digest();
    this.newest.set(origin, { seq, line });
    this.known = null;
    return true;
  }

  forget(origin: string): void {
    this.newest.delete(origin);
    this.known = null;
  }

  /** Itself where it holds no others, with what it has hashed already. */
  only(origins: ReadonlySet<string>): Bucket {
    const kept = [...this.newest].filter(([origin]) => origins.has(origin));
    if (kept.length === this.newest.size) return this;
    const bucket = new Bucket();
    for (const [origin, report] of kept) bucket.newest.set(origin, report);
    return bucket;
  }

  hash(): string {
    if (this.known !== null) return this.known;
    const hash = createHash('sha256');
    for (const origin of [...this.newest.keys()].sort()) hash.update(this.newest.get(origin)!.line);
    this.known = hash.digest('hex').slice(0, HASH_DIGITS);
    return this.known;
  }
}

const HASH_DIGITS = 32;

/** The first byte of a node id, 0..255. Ids are hashes of keys, so buckets fill evenly. */
export function bucketOf(nodeId: string): number {
  return Buffer.from(nodeId.slice(0, 2), 'base64url')[0] ?? 0;
}

/** Two hex digits. */
export function bucketName(bucket: number): string {
  return bucket.toString(16).padStart(2, '0');
}

/** The first character that all node ids of a bucket share: four buckets have the same. */
export function prefixOfBucket(bucket: number): string {
  return Buffer.from([bucket, 0, 0]).toString('base64url')[0]!;
}
