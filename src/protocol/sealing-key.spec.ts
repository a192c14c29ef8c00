import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NodeKey } from './node-key.js';
import { SealingKey, sealTo, suite } from './sealing-key.js';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const PURPOSE = 'federation\0from\0to';

describe('the suite', () => {
  // RFC 9180, appendix A.1.1: base mode, sequence number 0.
  it('gives what RFC 9180 says', async () => {
    const ikmE = hex('7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234');
    const ikmR = hex('6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037');
    const recipient = await suite.kem.deriveKeyPair(ikmR.buffer);
    const recipientBytes = new Uint8Array(await suite.kem.serializePublicKey(recipient.publicKey));
    expect(recipientBytes).toEqual(hex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'));
    const sender = await suite.createSenderContext({
      recipientPublicKey: recipient.publicKey,
      info: hex('4f6465206f6e2061204772656369616e2055726e').buffer,
      ekm: await suite.kem.deriveKeyPair(ikmE.buffer),
    });
    const enc = '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431';
    expect(new Uint8Array(sender.enc)).toEqual(hex(enc));
    const plaintext = hex('4265617574792069732074727574682c20747275746820626561757479');
    const sealed = await sender.seal(plaintext.buffer, hex('436f756e742d30').buffer);
    expect(Buffer.from(sealed).toString('hex')).toBe(
      'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
    );
  });
});

describe('a sealing key', () => {
  it('follows from the node key', async () => {
    const nodeKey = NodeKey.generate();
    const [one, again, other] = await Promise.all([
      SealingKey.of(nodeKey),
      SealingKey.of(NodeKey.fromPem(nodeKey.toPem())),
      SealingKey.of(NodeKey.generate()),
    ]);
    expect(one.publicKey).toEqual(again.publicKey);
    expect(one.publicKey).not.toEqual(other.publicKey);
    expect(one.publicKey).not.toEqual(nodeKey.publicKey);
  });

  it('opens what was sealed to it, and nothing that was changed or meant otherwise', async () => {
    const [mine, other] = await Promise.all([
      SealingKey.of(NodeKey.generate()),
      SealingKey.of(NodeKey.generate()),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        bytes(32),
        fc.nat(),
        async (plaintext, ephemeral, at) => {
          const sealed = await sealTo(mine.publicKey, PURPOSE, plaintext, ephemeral);
          expect(await mine.open(sealed, PURPOSE)).toEqual(new Uint8Array(plaintext));
          const refused = { reason: 'bad-seal' };
          await expect(other.open(sealed, PURPOSE)).rejects.toMatchObject(refused);
          await expect(mine.open(sealed, `${PURPOSE}x`)).rejects.toMatchObject(refused);
          const changed = sealed.ciphertext.slice();
          changed[at % changed.length]! ^= 1;
          await expect(mine.open({ ...sealed, ciphertext: changed }, PURPOSE)).rejects.toMatchObject(refused);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is not fooled by keys and texts of other lengths', async () => {
    const mine = await SealingKey.of(NodeKey.generate());
    const refused = { reason: 'bad-seal' };
    await expect(sealTo(new Uint8Array(31), PURPOSE, hex('00'), new Uint8Array(32))).rejects.toMatchObject(
      refused,
    );
    // A key of small order shares the same secret with everybody.
    await expect(sealTo(new Uint8Array(32), PURPOSE, hex('00'), new Uint8Array(32))).rejects.toMatchObject(
      refused,
    );
    for (const ciphertext of [new Uint8Array(0), new Uint8Array(15), new Uint8Array(5000)])
      await expect(mine.open({ enc: new Uint8Array(32), ciphertext }, PURPOSE)).rejects.toMatchObject(
        refused,
      );
  });
});
