import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { AddressedRequest } from '../http/client-address.js';
import type { SettingsStore } from '../storage/settings-store.js';
import { readCookie, setCookie } from './cookies.js';

const COOKIE = 'headcount_device';
const SECRET_SETTING = 'known-devices-secret';
const SECRET_BYTES = 32;
const NONCE_BYTES = 16;
const MARK = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
const MAX_AGE_S = 180 * 86_400;

/** Marks browsers in which somebody has signed in to an account. The mark opens nothing: it only escapes a lock-out. */
export class KnownDevices {
  private secret: Promise<Buffer> | null = null;

  constructor(private readonly settings: SettingsStore) {}

  /** The device's nonce when its mark is of this account; else null. */
  async markOf(request: AddressedRequest, accountId: string, isHttps: boolean): Promise<string | null> {
    const [, nonce, mac] = MARK.exec(readCookie(request, COOKIE, isHttps) ?? '') ?? [];
    if (nonce === undefined || mac === undefined) return null;
    const expected = await this.macOf(nonce, accountId);
    return timingSafeEqual(Buffer.from(mac, 'base64url'), expected) ? nonce : null;
  }

  /** A new nonce at each sign-in: one that was copied is not counted together with the owner's for long. */
  async mark(reply: FastifyReply, accountId: string, isHttps: boolean): Promise<void> {
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    const mac = (await this.macOf(nonce, accountId)).toString('base64url');
    setCookie(reply, COOKIE, `${nonce}.${mac}`, { isHttps, maxAgeS: MAX_AGE_S });
  }

  private async macOf(nonce: string, accountId: string): Promise<Buffer> {
    this.secret ??= this.readSecret();
    return createHmac('sha256', await this.secret)
      .update(`${accountId} ${nonce}`)
      .digest();
  }

  private async readSecret(): Promise<Buffer> {
    const stored = await this.settings.get(SECRET_SETTING);
    if (typeof stored === 'string') return Buffer.from(stored, 'base64url');
    const made = randomBytes(SECRET_BYTES);
    await this.settings.put(SECRET_SETTING, made.toString('base64url'));
    return made;
  }
}
