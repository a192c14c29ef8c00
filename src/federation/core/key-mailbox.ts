import type { Clock } from '../../clock/clock.js';
import { type Letter, openLetter } from '../../protocol/letter.js';
import { Refusal } from '../../protocol/refusal.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { KeyedTurns } from './keyed-turns.js';

/** A letter that waits for its recipient. */
interface Waiting {
  from: string;
  kind: Letter['kind'];
  text: string;
  atMs: number;
}

/** Requests that any member which holds the key may answer. */
export const ANY = 'any';
const LETTERS_PER_RECIPIENT = 32;
const LETTERS_MAX = 1000;
const KEPT_MS = 14 * 86_400_000;
const SETTING = 'key-mailbox';

/**
 * Letters between nodes, kept by one that can't read what is sealed in them: at most one of a kind from each sender
 * to each recipient, for two weeks.
 */
export class KeyMailbox {
  private readonly turns = new KeyedTurns();

  constructor(
    private readonly settings: SettingsStore,
    private readonly clock: Clock,
  ) {}

  /** Throws Refusal: for a letter of another sender or to another recipient, and when too many wait. */
  async put(caller: string, to: string, text: string): Promise<void> {
    const letter = openLetter(text);
    if (letter.from.node !== caller || letter.to !== to) throw new Refusal('not-its-own-key');
    const waiting: Waiting = { from: caller, kind: letter.kind, text, atMs: this.clock.nowMs() };
    await this.turns.take(SETTING, async () => {
      const boxes = await this.boxes();
      const others = (boxes[to] ?? []).filter(({ from, kind }) => from !== caller || kind !== letter.kind);
      const all = Object.values(boxes).reduce((sum, box) => sum + box.length, 0);
      if (others.length >= LETTERS_PER_RECIPIENT || all >= LETTERS_MAX) throw new Refusal('mailbox-full');
      await this.settings.put(SETTING, { ...boxes, [to]: [...others, waiting] });
    });
  }

  /** The letters to a node, and with `any` those to whoever holds the key. Reading takes none away. */
  async lettersTo(node: string, options: { any: boolean }): Promise<string[]> {
    const boxes = await this.boxes();
    const letters = [...(boxes[node] ?? []), ...(options.any ? (boxes[ANY] ?? []) : [])];
    return letters.filter(({ from }) => from !== node).map(({ text }) => text);
  }

  private async boxes(): Promise<Record<string, Waiting[]>> {
    const kept = ((await this.settings.get(SETTING)) ?? {}) as Record<string, Waiting[]>;
    const oldestMs = this.clock.nowMs() - KEPT_MS;
    const fresh = Object.entries(kept).map(
      ([to, box]) => [to, box.filter(({ atMs }) => atMs >= oldestMs)] as const,
    );
    return Object.fromEntries(fresh.filter(([, box]) => box.length > 0));
  }
}
