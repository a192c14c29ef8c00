import type { Day } from '../../../clock/day.js';
import type { Report } from '../../../protocol/report.js';

interface Noted {
  day: Day;
  chains: readonly string[];
  identity: string;
  isOther: boolean;
}

/**
 * Whose sketches of today are all under keys of another chain, or of another identity scheme: they are counted in the sum,
 * and never merged. Seen when it is asked, not when a report comes: that may be under a new chain that is only heard of
 * afterwards.
 */
export class OtherKeys {
  private readonly noted = new Map<string, Noted>();

  /** A report without a sketch says nothing about keys. */
  note({ origin, day, identity, sketches }: Pick<Report, 'origin' | 'day' | 'identity' | 'sketches'>): void {
    const names = Object.keys(sketches);
    if (names.length === 0) return;
    const isOther = this.noted.get(origin)?.isOther ?? false;
    this.noted.set(origin, { day, chains: names.map(chainIn), identity, isOther });
  }

  /**
   * Who reported nothing of today yet stands as it did.
   * @param readKey `<chain>.<epoch>` that today is read under.
   * @param identity The federation's scheme.
   */
  on(today: Day, readKey: string, identity: string): string[] {
    const chain = chainIn(readKey);
    for (const one of this.noted.values())
      if (one.day === today) one.isOther = !one.chains.includes(chain) || one.identity !== identity;
    return [...this.noted].filter(([, { isOther }]) => isOther).map(([node]) => node);
  }
}

function chainIn(keyName: string): string {
  return keyName.split('.', 1)[0]!;
}
