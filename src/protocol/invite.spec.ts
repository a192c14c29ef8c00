import { describe, expect, it } from '@jest/globals';
import {
  formatInvite,
  type Invite,
  InviteError,
  inviteProof,
  isInviteProof,
  parseInvite,
  secretHash,
} from './invite.js';

const invite: Invite = {
  federation: 'fed',
  name: 'Our add-on',
  mode: 'hub',
  url: 'https://hub.example/count',
  node: 'h'.repeat(43),
  inviter: 'i'.repeat(43),
  secret: 's'.repeat(22),
  expires: '2026-11-29T12:00:00Z',
};

/** An invite as somebody else might write it, with the right checksum. */
const written = (fields: object) => formatInvite(fields as Invite);

describe('an invite', () => {
  it('is one line that is read back as it was, white space around it or not', () => {
    const line = formatInvite(invite);
    expect(line).toMatch(/^headcount-invite:1:[\w-]+:[0-9a-f]{16}$/);
    expect(parseInvite(line)).toEqual(invite);
    expect(parseInvite(`  ${line}\n`)).toEqual(invite);
  });

  it('is refused when a character is missing, added or changed', () => {
    const line = formatInvite(invite);
    for (let at = 0; at < line.length; at++) {
      const other = line[at] === 'A' ? 'B' : 'A';
      for (const changed of [
        line.slice(0, at) + line.slice(at + 1),
        line.slice(0, at) + other + line.slice(at + 1),
        `${line.slice(0, at)}A${line.slice(at)}`,
      ])
        expect(() => parseInvite(changed)).toThrow(InviteError);
    }
  });

  it.each<[string, object]>([
    ['another kind of URL', { ...invite, url: 'ftp://hub.example' }],
    ['credentials', { ...invite, url: 'https://me:secret@hub.example' }],
    ['a URL as nobody writes it', { ...invite, url: 'https://hub.example/\u001b[2J' }],
    ['no node id', { ...invite, inviter: 'me' }],
    ['a field more', { ...invite, more: 1 }],
    ['a field less', { ...invite, secret: undefined }],
    ['a name with a line break', { ...invite, name: 'a\nb' }],
    ['no time', { ...invite, expires: 'soon' }],
  ])('is refused with %s', (_what, fields) => {
    expect(() => parseInvite(written(fields))).toThrow(InviteError);
  });

  it('is not repeated by an error', () => {
    const line = `${formatInvite(invite)}x`;
    expect(() => parseInvite(line)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(invite.secret) }),
    );
  });
});

describe('the proof of an invite', () => {
  it('is of one secret and one node', () => {
    const proof = inviteProof(invite.secret, 'node a');
    expect(isInviteProof(proof, secretHash(invite.secret), 'node a')).toBe(true);
    expect(isInviteProof(proof, secretHash(invite.secret), 'node b')).toBe(false);
    expect(isInviteProof(proof, secretHash('t'.repeat(22)), 'node a')).toBe(false);
    expect(isInviteProof(proof.slice(1), secretHash(invite.secret), 'node a')).toBe(false);
    expect(proof).not.toContain(invite.secret);
  });
});
