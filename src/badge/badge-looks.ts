import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { CLOCK, RECORDS } from '../http/tokens.js';
import type { Records } from '../storage/records.js';
import { type BadgeLook, badgeLook, DEFAULT_LOOK } from './badge-options.js';

const SETTING = 'badge-look';
/** A change by another replica is seen after at most this long. */
const KEPT_MS = 5_000;

/** How badges look, as an administrator chose. */
@Injectable()
export class BadgeLooks {
  private kept: { look: Promise<BadgeLook>; expiresMs: number } | null = null;

  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Rejects with StoreUnavailableError. */
  current(): Promise<BadgeLook> {
    const nowMs = this.clock.nowMs();
    if (this.kept && this.kept.expiresMs > nowMs) return this.kept.look;
    const look = this.read();
    this.kept = { look, expiresMs: nowMs + KEPT_MS };
    look.catch(() => {
      this.kept = null;
    });
    return look;
  }

  async choose(look: BadgeLook, by: string): Promise<BadgeLook> {
    await this.records.settings.put(SETTING, look);
    const subject = { ...look, label: look.label ?? null };
    await this.records.audit.append({
      ...{ atMs: this.clock.nowMs(), by, action: 'change appearance', subject, why: '' },
    });
    this.kept = null;
    return look;
  }

  /** What an older or newer version stored and this one can't read is no choice. */
  private async read(): Promise<BadgeLook> {
    const stored = badgeLook.safeParse(await this.records.settings.get(SETTING));
    return stored.success ? stored.data : DEFAULT_LOOK;
  }
}
