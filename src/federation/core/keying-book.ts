import { KEYING_CHARS_MAX, type Keying, openKeying } from '../../protocol/keying.js';
import { Refusal } from '../../protocol/refusal.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { KeyedTurns } from './keyed-turns.js';
import type { KeyingsAnswer, SealText } from './messages.js';

/** A keying as it came, with the seals on its entropy by recipient. */
interface Kept {
  text: string;
  keying: Keying;
}

const SETTING = 'keyings';
const KEYINGS_MAX = 200;
const CHARS_MAX = 16 * 1024 * 1024;
const SEALS_MAX = 20_000;

/**
 * The keyings that are known here, and the entropy of each, sealed: a hub keeps them for its members and can open
 * none. Of a node, chain and epoch the newest counts. Two that announce different entropy are both kept, as a
 * contradiction that others have to see too.
 */
export class KeyingBook {
  private readonly kept = new Map<string, Kept>();
  private seals = new Map<string, Map<string, SealText>>();
  private readonly turns = new KeyedTurns();

  private constructor(private readonly settings: SettingsStore) {}

  static async open(settings: SettingsStore): Promise<KeyingBook> {
    const book = new KeyingBook(settings);
    const kept = (await settings.get(SETTING)) as { keyings: string[]; seals: KeyingsAnswer['seals'] } | null;
    for (const text of kept?.keyings ?? []) {
      const keying = openKeying(text);
      book.kept.set(keying.id, { text, keying });
    }
    for (const [hash, seals] of Object.entries(kept?.seals ?? {}))
      book.seals.set(hash, new Map(Object.entries(seals)));
    return book;
  }

  keyings(): Keying[] {
    return [...this.kept.values()].map(({ keying }) => keying);
  }

  /** Announced two different entropies, or cuts, for one epoch of one chain. */
  isContradicted({ from, chain, epoch, id }: Keying): boolean {
    return this.keyings().some(
      (other) =>
        other.id !== id && other.from.node === from.node && other.chain === chain && other.epoch === epoch,
    );
  }

  sealFor(hash: string, node: string): SealText | null {
    return this.seals.get(hash)?.get(node) ?? null;
  }

  /** Whether it is kept, to the letter: then it was checked before. */
  holds(text: string): boolean {
    return [...this.kept.values()].some((one) => one.text === text);
  }

  /** False when it was known, or a newer one is. Throws Refusal `keyings-full`. */
  put(keying: Keying, text: string): Promise<boolean> {
    return this.turns.take(SETTING, async () => {
      if (this.kept.has(keying.id)) return false;
      const others = [...this.kept.values()].filter((one) => isSamePlace(one.keying, keying));
      if (others.some((one) => one.keying.number > keying.number && isContinued(one.keying, keying)))
        return false;
      const replaced = others.filter((one) => isContinued(keying, one.keying));
      if (others.length - replaced.length >= 2) return false;
      if (this.kept.size >= KEYINGS_MAX || this.chars() + text.length > CHARS_MAX)
        throw new Refusal('keyings-full');
      for (const one of replaced) this.kept.delete(one.keying.id);
      this.kept.set(keying.id, { text, keying });
      await this.save();
      return true;
    });
  }

  /**
   * Seals on an entropy that was announced here. `bySigner`: they come from who announced it, and replace what others
   * brought.
   */
  putSeals(hash: string, seals: ReadonlyMap<string, SealText>, bySigner: boolean): Promise<void> {
    return this.turns.take(SETTING, async () => {
      if (!this.keyings().some((keying) => secretsOf(keying).includes(hash))) return;
      const known = this.seals.get(hash) ?? new Map<string, SealText>();
      const added = [...seals].filter(([node, seal]) => isNews(known.get(node), seal, bySigner));
      if (added.length === 0 || known.size + added.length > SEALS_MAX) return;
      this.seals.set(hash, new Map([...known, ...added]));
      await this.save();
    });
  }

  /** Forgets what is of no use any more: keyings of epochs long over, and seals on entropy that nobody waits for. */
  forgetBefore(epoch: number): Promise<void> {
    return this.turns.take(SETTING, async () => {
      const old = this.keyings().filter((keying) => keying.epoch < epoch);
      if (old.length === 0) return;
      for (const { id } of old) this.kept.delete(id);
      const announced = new Set(this.keyings().flatMap(secretsOf));
      for (const hash of this.seals.keys()) if (!announced.has(hash)) this.seals.delete(hash);
      await this.save();
    });
  }

  /** What a node is shown: every keying, and of the seals its own, or all of them where it passes them on. */
  shownTo(node: string, { all }: { all: boolean }): KeyingsAnswer {
    const seals: KeyingsAnswer['seals'] = {};
    const counts: KeyingsAnswer['counts'] = {};
    for (const [hash, byNode] of this.seals) {
      counts[hash] = byNode.size;
      const shown = [...byNode].filter(([to]) => all || to === node);
      if (shown.length > 0) seals[hash] = Object.fromEntries(shown);
    }
    return { keyings: [...this.kept.values()].map(({ text }) => text), seals, counts };
  }

  private chars(): number {
    return [...this.kept.values()].reduce((sum, { text }) => sum + text.length, 0);
  }

  private async save(): Promise<void> {
    const { keyings, seals } = this.shownTo('', { all: true });
    await this.settings.put(SETTING, { keyings, seals });
  }
}

/** Keyings are pushed a few at a time: so many characters fit into one call. */
export function inCalls(texts: readonly string[]): string[][] {
  const calls: string[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    if (chars + text.length > 2 * KEYING_CHARS_MAX) {
      calls.push([]);
      chars = 0;
    }
    calls.at(-1)!.push(text);
    chars += text.length;
  }
  return calls;
}

/** The hashes of what a keying announces sealed. */
export function secretsOf({ fresh, cut }: Keying): string[] {
  return [fresh, cut].flatMap((secret) => (secret ? [secret.sha256] : []));
}

function isSamePlace(a: Keying, b: Keying): boolean {
  return a.from.node === b.from.node && a.chain === b.chain && a.epoch === b.epoch;
}

/** Whether the newer one takes back nothing of what the older announced. */
function isContinued(newer: Keying, older: Keying): boolean {
  const isFreshKept = older.fresh === null || older.fresh.sha256 === newer.fresh?.sha256;
  const isCutKept = older.cut === null || older.cut.name === newer.cut?.name;
  return newer.number > older.number && isFreshKept && isCutKept;
}

function isNews(known: SealText | undefined, seal: SealText, bySigner: boolean): boolean {
  return !known || (bySigner && known.join() !== seal.join());
}
