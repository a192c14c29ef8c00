import type { Clock } from '../clock/clock.js';
import { type Day, dayOf, type Hour } from '../clock/day.js';
import type { ChainLink } from '../identity/chain.js';
import type { FederationLine } from '../identity/federation-line.js';
import { foundFederation, type RandomBytes } from '../identity/founding.js';
import { joinFederation } from '../identity/join-federation.js';
import {
  blindKeyring,
  createKeyring,
  federationLine,
  type Keyring,
  KeyringError,
  keyOfWindow,
  keysOfDay,
  learnLinks,
  turnKeyring,
} from '../identity/keyring.js';
import { parseKeyring, serializeKeyring } from '../identity/keyring-text.js';
import { createVisitorHasher, type VisitorHasher, visitorBytes } from '../identity/visitor-id.js';
import type { VisitorScheme } from '../identity/visitor-scheme.js';
import {
  ALL_TIME,
  daySketchName,
  hourSketchName,
  type Sighting,
  type SketchName,
  StoreUnavailableError,
} from '../storage/count-store.js';
import type { VisitorIds } from '../tracking/visitor-ids.js';

/** Where the keyring is kept. Replacing it destroys what the old one held. */
export interface KeyringFile {
  /** Null before the first one was written. */
  read(): Promise<string | null>;
  replace(text: string): Promise<void>;
}

export interface KeyHolderOptions {
  file: KeyringFile;
  clock: Clock;
  random: RandomBytes;
  /** What the configuration says stands for a person. */
  scheme: VisitorScheme;
  /** A node that counts no site holds no epoch key. */
  blind: boolean;
}

/** The federation counts people by another scheme than the configuration says. */
export class SchemeMismatchError extends Error {
  override readonly name = 'SchemeMismatchError';
}

/** Keys of a day that begins within this time are made ready before it begins. Longer than the time between turns. */
const LEAD_MS = 120_000;
const PLANS_MAX = 512;

interface DayPlan {
  name: SketchName;
  hasher: VisitorHasher;
}

/**
 * The keyring in use. Writes every change to its file before it counts under it, turns it as days and epochs pass,
 * and hashes visitor keys into the ids that the day's sketches take.
 */
export class KeyHolder implements VisitorIds {
  private keyring!: Keyring;
  /** The keyring as it will be shortly: a day that has just begun finds its keys here, before the next turn. */
  private ahead!: Keyring;
  private turnedDay!: Day;
  /** The last day whose keys were made ready. */
  private readyThrough!: Day;
  private changing: Promise<void> = Promise.resolve();
  private text = '';
  private readonly hashers = new Map<string, VisitorHasher>();
  private localHasher!: VisitorHasher;
  private namedHour: { hour: Hour; name: SketchName } = { hour: '', name: '' };
  private readonly plans = new Map<Day, readonly DayPlan[]>();

  private constructor(private readonly options: KeyHolderOptions) {}

  /** Reads the keyring, or makes one at the first start. Throws SchemeMismatchError, or what reading the file threw. */
  static async open(options: KeyHolderOptions): Promise<KeyHolder> {
    const holder = new KeyHolder(options);
    const text = await options.file.read();
    if (text !== null) holder.text = text;
    await holder.use(holder.fitting(text === null ? holder.firstKeyring() : parseKeyring(text)));
    await holder.turn(false);
    return holder;
  }

  get current(): Keyring {
    return this.keyring;
  }

  get scheme(): VisitorScheme {
    return this.keyring.current.scheme;
  }

  /** The name of the key that a window which ends on that day is read under. */
  keyOfWindow(lastDay: Day): string | null {
    return keyOfWindow(this.keyringFor(lastDay), lastDay)?.keyName ?? null;
  }

  coversDay(day: Day): boolean {
    return this.planFor(day).length > 0;
  }

  sightings(visitorKey: string, day: Day, hour: Hour | null): Sighting[] {
    const bytes = visitorBytes(this.scheme, visitorKey);
    const sightings: Sighting[] = [];
    for (const { name, hasher } of this.planFor(day)) {
      sightings.push({ sketch: name, visitorId: hasher.idOf(bytes) });
    }
    const localId = this.localHasher.idOf(bytes);
    if (hour !== null) sightings.push({ sketch: this.hourName(hour), visitorId: localId });
    sightings.push({ sketch: ALL_TIME, visitorId: localId });
    return sightings;
  }

  /** Brings the keyring up to the time. Call it more often than every LEAD_MS. `agreed`: keys may be destroyed. */
  async turn(agreed: boolean): Promise<void> {
    await this.change((keyring) => turnKeyring(keyring, this.options.clock.nowMs(), { agreed }));
  }

  /** Founds a federation with keys of its own. */
  async found(name: string, countedToday: boolean): Promise<void> {
    const { random, scheme } = this.options;
    await this.join(foundFederation({ random, today: this.today(), scheme, name }), countedToday);
  }

  /** Joins the federation of a line. Throws KeyringError or SchemeMismatchError. */
  async join(line: FederationLine, countedToday: boolean): Promise<void> {
    if (line.scheme !== this.options.scheme) throw mismatch(line.scheme, this.options.scheme);
    if (!this.options.blind && line.chain.key === null)
      throw new KeyringError(
        'no-key',
        'this is the line for a hub that counts no site: a node that counts needs the key',
      );
    const own = this.options.blind ? { ...line, chain: { ...line.chain, key: null } } : line;
    await this.change((keyring) => joinFederation(keyring, own, this.today(), { countedToday }));
    await this.turn(false);
  }

  /** Whether there is an epoch key to hand over. */
  get holdsKey(): boolean {
    return this.keyring.current.chain.keys.size > 0;
  }

  /**
   * The line that lets others join. Throws KeyringError `no-key` on a blind node.
   * @param giver Node id of this node.
   */
  line(withKey: boolean, giver?: string): FederationLine {
    const line = federationLine(this.keyring, this.today(), { withKey });
    return giver === undefined ? line : { ...line, giver };
  }

  /** What was announced of the epochs to come, in place of what was known of them. As in learnLinks. */
  async learn(
    about: { federation: string; chain: string },
    links: readonly ChainLink[],
    decidedThrough: number | null,
  ): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    await this.change((keyring) =>
      turnKeyring(learnLinks(keyring, about, links, decidedThrough), nowMs, { agreed: false }),
    );
  }

  /** One change after the other: each begins with the keyring that the last one left. */
  private change(next: (keyring: Keyring) => Keyring): Promise<void> {
    const changed = this.changing.then(() => this.use(next(this.keyring)));
    this.changing = changed.catch(() => undefined);
    return changed;
  }

  private firstKeyring(): Keyring {
    const { random, scheme } = this.options;
    return createKeyring({ random, today: this.today(), scheme });
  }

  private fitting(keyring: Keyring): Keyring {
    const { current } = keyring;
    const isNamed = current.name !== '';
    if (current.scheme !== this.options.scheme && isNamed)
      throw mismatch(current.scheme, this.options.scheme);
    const fitting =
      current.scheme === this.options.scheme
        ? keyring
        : { ...this.firstKeyring(), localKey: keyring.localKey };
    return this.options.blind ? blindKeyring(fitting) : fitting;
  }

  private async use(keyring: Keyring): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    const ahead = turnKeyring(keyring, nowMs + LEAD_MS, { agreed: false });
    const text = serializeKeyring(keyring);
    const secrets = [
      ...[keyring, ahead].flatMap(secretsOf),
      ...keysOfDay(keyring, dayOf(nowMs)).map(({ secret }) => secret),
      ...keysOfDay(ahead, dayOf(nowMs + LEAD_MS)).map(({ secret }) => secret),
    ];
    await this.prepareHashers(secrets);
    if (text !== this.text) await this.options.file.replace(text);
    const isChanged = text !== this.text || this.keyring === undefined || this.turnedDay !== dayOf(nowMs);
    this.text = text;
    this.keyring = keyring;
    this.turnedDay = dayOf(nowMs);
    this.readyThrough = dayOf(nowMs + LEAD_MS);
    this.ahead = ahead;
    this.localHasher = this.hasherOf(keyring.localKey);
    if (isChanged || serializeKeyring(ahead) !== text) this.plans.clear();
    this.forgetHashersBut(secrets);
  }

  /** Hashers are made asynchronously and used synchronously, so all that may be needed are made beforehand. */
  private async prepareHashers(secrets: readonly Uint8Array[]): Promise<void> {
    for (const secret of secrets) {
      const name = nameOfSecret(secret);
      if (!this.hashers.has(name)) this.hashers.set(name, await createVisitorHasher(secret));
    }
  }

  /** Only once the new keyring is in use: until then, and when its file can't be written, the old one counts. */
  private forgetHashersBut(secrets: readonly Uint8Array[]): void {
    const needed = new Set(secrets.map(nameOfSecret));
    for (const known of this.hashers.keys()) if (!needed.has(known)) this.hashers.delete(known);
  }

  private hasherOf(secret: Uint8Array): VisitorHasher {
    const hasher = this.hashers.get(nameOfSecret(secret));
    if (!hasher) throw new Error('a key has no hasher: it was not prepared');
    return hasher;
  }

  /** One string for all visits of an hour: a new one would be hashed again by each map that it is looked up in. */
  private hourName(hour: Hour): SketchName {
    if (hour !== this.namedHour.hour) this.namedHour = { hour, name: hourSketchName(hour) };
    return this.namedHour.name;
  }

  private planFor(day: Day): readonly DayPlan[] {
    const known = this.plans.get(day);
    if (known) return known;
    if (day > this.readyThrough) this.refuseUnready();
    // A day of the past whose own key never came has no hasher any more: what is imported of it counts for all time.
    const plan = keysOfDay(this.keyringFor(day), day).flatMap(({ keyName, secret }) => {
      const hasher = this.hashers.get(nameOfSecret(secret));
      return hasher ? [{ name: daySketchName(day, keyName), hasher }] : [];
    });
    if (this.plans.size >= PLANS_MAX) this.plans.clear();
    this.plans.set(day, plan);
    return plan;
  }

  /** The machine slept, or its clock leapt: counting under the keys of then would count everybody anew. */
  private refuseUnready(): never {
    void this.turn(false).catch(() => undefined);
    throw new StoreUnavailableError('the keys of today are being made');
  }

  private keyringFor(day: Day): Keyring {
    return day > this.turnedDay ? this.ahead : this.keyring;
  }

  private today(): Day {
    return dayOf(this.options.clock.nowMs());
  }
}

function secretsOf({ localKey, current, next }: Keyring): Uint8Array[] {
  return [localKey, ...current.chain.keys.values(), ...(next?.chain.keys.values() ?? [])];
}

function nameOfSecret(secret: Uint8Array): string {
  return Buffer.from(secret).toString('latin1');
}

function mismatch(federation: VisitorScheme, configured: VisitorScheme): SchemeMismatchError {
  const setting = federation.replace(/\/\d+$/, '');
  return new SchemeMismatchError(
    `the federation counts people by ${federation}, this node by ${configured}: set HEADCOUNT_VISITOR=${setting}`,
  );
}
