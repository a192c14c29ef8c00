import { estimateOf, REGISTER_COUNT, Sketch } from '../../sketch/sketch.js';

/** Ranks are below this. */
const RANKS = 64;

/**
 * The union of all sketches, and what it would be without each of them, in one pass: per register the largest
 * rank, whose it is, and the second largest. Taking an owner away lowers just the registers that it alone holds
 * up; a register that two hold up belongs to nobody.
 */
export class MarginalPass {
  private readonly largest = new Uint8Array(REGISTER_COUNT);
  private readonly second = new Uint8Array(REGISTER_COUNT);
  private readonly holder = new Int32Array(REGISTER_COUNT).fill(-1);
  private readonly owners: string[] = [];

  add(owner: string, { registers }: Sketch): void {
    const part = this.owners.push(owner) - 1;
    const { largest, second, holder } = this;
    for (let index = 0; index < REGISTER_COUNT; index++) {
      const rank = registers[index]!;
      if (rank > largest[index]!) {
        second[index] = largest[index]!;
        largest[index] = rank;
        holder[index] = part;
      } else if (rank > second[index]!) {
        second[index] = rank;
      }
    }
  }

  copy(): MarginalPass {
    const copy = new MarginalPass();
    copy.largest.set(this.largest);
    copy.second.set(this.second);
    copy.holder.set(this.holder);
    copy.owners.push(...this.owners);
    return copy;
  }

  union(): Sketch {
    return new Sketch(this.largest.slice());
  }

  /** By owner: the estimate of the union without that owner's sketch. */
  without(): Map<string, number> {
    const counts = new Uint32Array(RANKS);
    for (const rank of this.largest) counts[rank]!++;
    const changes = this.changesWithout();
    const estimateWithout = (part: number) =>
      estimateOf(counts.map((count, rank) => count + changes[part * RANKS + rank]!));
    return new Map(this.owners.map((owner, part) => [owner, estimateWithout(part)]));
  }

  /** For each part in turn, how many registers more or fewer have each rank without it. */
  private changesWithout(): Int32Array {
    const { largest, second, holder } = this;
    const changes = new Int32Array(this.owners.length * RANKS);
    for (let index = 0; index < REGISTER_COUNT; index++) {
      const part = holder[index]!;
      if (part < 0) continue;
      changes[part * RANKS + largest[index]!]!--;
      changes[part * RANKS + second[index]!]!++;
    }
    return changes;
  }
}
