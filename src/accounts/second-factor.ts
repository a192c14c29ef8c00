import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import qrcode from 'qrcode';
import type { SecondFactor } from '../storage/account-store.js';
import { hashOfToken } from './secret-text.js';
import type { Enrolment } from './views.js';

const ISSUER = 'Headcount';
/** RFC 4226, section 4: at least 128 bits, 160 recommended. */
const SECRET_BYTES = 20;
/** A clock may be a step of 30 seconds behind or ahead (RFC 6238, section 5.2). */
const STEPS_BESIDE = 1;
const RECOVERY_CODES = 10;
/** 80 bits: no guessing, also for whoever reads the hashes. */
const RECOVERY_CHARS = 16;
/** Base 32 of Crockford: without I, L, O and U, which are misread. */
const RECOVERY_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const STEP_CODE = /^\d{6}$/;

export function newSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

export function enrolmentOf(secret: string, accountName: string): Enrolment {
  const uri = totpOf(secret, accountName).toString();
  const { modules } = qrcode.create(uri, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  return { secret, uri, qr: { size: modules.size, path } };
}

/** The step whose code this is; null for a code of no step near now. */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  if (!STEP_CODE.test(code)) return null;
  const delta = totpOf(secret, '').validate({ token: code, timestamp: nowMs, window: STEPS_BESIDE });
  return delta === null ? null : TOTP.counter({ timestamp: nowMs }) + delta;
}

/** The second factor after this code was used up; null when the code is wrong or was used before. */
export function afterCode(factor: SecondFactor, text: string, nowMs: number): SecondFactor | null {
  const code = text.replace(/[\s-]/g, '').toLowerCase();
  const step = stepOf(factor.secret, code, nowMs);
  if (step !== null) return step > factor.lastStep ? { ...factor, lastStep: step } : null;
  const hash = hashOfToken(code);
  if (!factor.recoveryHashes.includes(hash)) return null;
  return { ...factor, recoveryHashes: factor.recoveryHashes.filter((other) => other !== hash) };
}

/** Codes as they are shown, `0a1b-2c3d-4e5f-6g7h`, and what is kept of them. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const plain = Array.from({ length: RECOVERY_CODES }, () =>
    Array.from(
      randomBytes(RECOVERY_CHARS),
      (byte) => RECOVERY_ALPHABET[byte % RECOVERY_ALPHABET.length],
    ).join(''),
  );
  return {
    codes: plain.map((code) => code.match(/.{4}/g)?.join('-') ?? code),
    hashes: plain.map(hashOfToken),
  };
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret) });
}
