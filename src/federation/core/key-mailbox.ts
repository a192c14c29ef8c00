import type { Clock } from '../../clock/clock.js';
import { type Letter, openLetter } from '../../protocol/letter.js';
import { Refusal } from '../../protocol/refusal.js';
import type { SettingsStore } from '../../storage/settings-store.js';
import { KeyedTurns } from './keyed-turns.js';
import type { Membership } from './membership.js';
import { LETTERS_PER_ANSWER_MAX } from './messages.js';

/** A letter that waits for its recipient. */
interface Waiting {
  from: string;
  kind: Letter['kind'];
  text: string;
  atMs: number;
}

interface Addressed extends Waiting {
  to: string;
}

export interface KeyMailboxOptions {
  /** Whose mailbox it is. */
  self: string;
  settings: SettingsStore;
  clock: Clock;
  membership: Pick<Membership, 'takes' | 'statusOf'>;
}

/** Requests that any member which holds the key may answer. */
export const ANY = 'any';
const LETTERS_PER_RECIPIENT = 32;
const LETTERS_MAX = 1000;
/** Of all who are not let in together: one for each that may wait, and some. */
const STRANGERS_LETTERS_MAX = 64;
const DAY_MS = 86_400_000;
/** Whoever still wants the key has asked again long before. */
const KEPT_MS: Record<Letter['kind'], number> = { keyrequest: DAY_MS, sealed: 14 * DAY_MS };
const SETTING = 'key-mailbox';

/**
 * Letters between nodes, kept by one that can't read what is sealed in them: of each sender its newest request, for a
 * day, and its newest sealed line to each recipient, for two weeks. Strangers have places of their own, in which the
 * oldest letter gives way, so that they take none from members; whoever is forgotten or removed has left none.
 */
export class KeyMailbox {
  private readonly turns = new KeyedTurns();

  constructor(private readonly options: KeyMailboxOptions) {}

  /** Throws Refusal: for a letter of another sender or to another recipient, and when too many of members wait. */
  async put(caller: string, to: string, text: string): Promise<void> {
    const letter = openLetter(text);
    if (letter.from.node !== caller || letter.to !== to) throw new Refusal('not-its-own-key');
    const added = { from: caller, to, kind: letter.kind, text, atMs: this.options.clock.nowMs() };
    await this.turns.take(SETTING, async () => {
      const others = (await this.kept()).filter((one) => !isReplaced(one, added));
      const members = others.filter(({ from }) => this.isIn(from));
      const strangers = others.filter(({ from }) => !this.isIn(from));
      if (this.isIn(caller)) {
        refuseFull(members, to);
        members.push(added);
      } else strangers.push(added);
      strangers.sort((a, b) => a.atMs - b.atMs);
      await this.save([...members, ...strangers.slice(-STRANGERS_LETTERS_MAX)]);
    });
  }

  /**
   * The letters to a node, and with `any` those to whoever holds the key; members' first, and no more than one answer
   * holds. Reading takes none away.
   */
  async lettersTo(node: string, options: { any: boolean }): Promise<string[]> {
    const letters = (await this.kept()).filter(
      ({ from, to }) => from !== node && (to === node || (options.any && to === ANY)),
    );
    letters.sort((a, b) => Number(this.isIn(b.from)) - Number(this.isIn(a.from)));
    return letters.slice(0, LETTERS_PER_ANSWER_MAX).map(({ text }) => text);
  }

  private isIn(node: string): boolean {
    return node === this.options.self || this.options.membership.takes(node);
  }

  private isGone(node: string): boolean {
    const status = this.options.membership.statusOf(node);
    return !this.isIn(node) && (status === null || status === 'removed');
  }

  private async kept(): Promise<Addressed[]> {
    const { settings, clock } = this.options;
    const boxes = ((await settings.get(SETTING)) ?? {}) as Record<string, Waiting[]>;
    const all = Object.entries(boxes).flatMap(([to, box]) => box.map((letter) => ({ ...letter, to })));
    const nowMs = clock.nowMs();
    return all.filter(({ from, kind, atMs }) => atMs >= nowMs - KEPT_MS[kind] && !this.isGone(from));
  }

  private async save(letters: readonly Addressed[]): Promise<void> {
    const boxes: Record<string, Waiting[]> = {};
    for (const { to, ...letter } of letters) boxes[to] = [...(boxes[to] ?? []), letter];
    await this.options.settings.put(SETTING, boxes);
  }
}

/** A node asks one at a time for the key: whom it asked before need not answer any more. */
function isReplaced(one: Addressed, added: Addressed): boolean {
  const isOfKind = one.from === added.from && one.kind === added.kind;
  return isOfKind && (added.kind === 'keyrequest' || one.to === added.to);
}

function refuseFull(letters: readonly Addressed[], to: string): void {
  const isFull = letters.filter((letter) => letter.to === to).length >= LETTERS_PER_RECIPIENT;
  if (isFull || letters.length >= LETTERS_MAX) throw new Refusal('mailbox-full');
}
