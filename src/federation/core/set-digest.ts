import { createHash } from 'node:crypto';

const BYTES = 16;

/** A digest of a set: the same for the same members, in whatever order they came. Keeping it up to date costs a hash. */
export class SetDigest {
  private readonly bits = Buffer.alloc(BYTES);

  /** A member comes, or goes. */
  toggle(member: string): void {
    const hash = createHash('sha256').update(member).digest();
    for (let at = 0; at < BYTES; at++) this.bits[at]! ^= hash[at]!;
  }

  /** 32 hex digits. */
  get hex(): string {
    return this.bits.toString('hex');
  }
}
