import { signCard } from '../../src/protocol/card.js';
import { signEnvelope } from '../../src/protocol/envelope.js';
import { signRequest } from '../../src/protocol/http-signature.js';
import { NodeKey } from '../../src/protocol/node-key.js';
import { packSketch, sketchDigest } from '../../src/protocol/sketch-transfer.js';
import { encodeHyll } from '../../src/sketch/hyll.js';
import { Sketch } from '../../src/sketch/sketch.js';

const TYPE = 'application/vnd.headcount.v1+json';
const HOUR_MS = 3_600_000;

export interface FederationTerms {
  federation: string;
  identity: string;
  keys: string[];
}

/** A member that speaks the protocol and says what it likes. */
export class ForgingMember {
  private readonly key = NodeKey.generate();
  private messages = 0;

  constructor(
    private readonly hubUrl: string,
    private readonly name: string,
  ) {}

  get nodeId(): string {
    return this.key.nodeId;
  }

  async join(): Promise<void> {
    const software = { name: 'forger', version: '1' };
    const card = { name: this.name, url: null, software, listed: true, counting: true, version: 1 };
    await this.send('join', { card: signCard(card, this.key) });
  }

  /** So many people of today in as few hits as it likes. */
  async report({ federation, identity, keys }: FederationTerms, people: number, hits: number): Promise<void> {
    const nowMs = Date.now();
    const bytes = encodeHyll(sketchOf(people));
    const digest = sketchDigest(bytes);
    const instant = (timeMs: number) => `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
    const report = {
      ...{
        v: 1,
        federation,
        origin: this.nodeId,
        day: instant(nowMs).slice(0, 10),
        seq: nowMs,
        closed: false,
      },
      ...{
        issuedAt: instant(nowMs),
        validUntil: instant(nowMs + HOUR_MS),
        format: 'hyll-p14-m64a',
        identity,
      },
      ...{ hits, uniques: Math.round(sketchOf(people).estimate()) },
      windows: { '7d': people, '30d': people, all: people },
      sketches: Object.fromEntries(keys.map((name) => [name, digest])),
    };
    await this.send('reports', {
      reports: [signEnvelope('report', report, this.key)],
      sketches: { [digest]: Buffer.from(packSketch(bytes)).toString('base64') },
    });
  }

  private async send(path: string, message: object): Promise<void> {
    const url = `${this.hubUrl}/federation/v1/${path}`;
    const body = Buffer.from(JSON.stringify(message));
    const about = { nowMs: Date.now(), nonce: `forged-${this.messages++}`.padEnd(20, '-') };
    const headers = signRequest({ method: 'POST', url, body, contentType: TYPE }, this.key, about);
    const response = await fetch(url, { method: 'POST', headers: headers as Record<string, string>, body });
    if (!response.ok)
      throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  }
}

function sketchOf(people: number): Sketch {
  const sketch = new Sketch();
  const id = Buffer.alloc(16);
  for (let person = 0; person < people; person++) {
    id.writeUInt32LE(person, 0);
    id.write('forged', 4);
    sketch.add(id);
  }
  return sketch;
}
