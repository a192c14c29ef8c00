import type { Report } from '../../../protocol/report.js';

/** Whose sketches of today are all under keys of another chain: they are counted in the sum, and never merged. */
export class OtherKeys implements Iterable<string> {
  private readonly nodes = new Set<string>();

  /** @param readKey `<chain>.<epoch>` that today is read under. */
  note({ origin, sketches }: Pick<Report, 'origin' | 'sketches'>, readKey: string): void {
    const names = Object.keys(sketches);
    const [chain] = readKey.split('.', 1);
    const isOther = names.length > 0 && !names.some((name) => name.startsWith(`${chain}.`));
    if (isOther) this.nodes.add(origin);
    else if (names.length > 0) this.nodes.delete(origin);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.nodes.values();
  }
}
