import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { loadConfig } from '../../src/config/load-config.js';
import { type RunningNode, startNode } from '../../src/node.js';
import type { Counts } from '../../src/stats/counts.js';

type Settings = Readonly<Record<string, string>>;

export const ADMIN_KEY = 'hc_admin_for-the-browser';
export const WRITE_KEY = 'hc_write_for-the-browser';
const SETTLED_MS = 20_000;
const PASSWORD = 'correct horse battery';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A whole node on a free port of loopback with a temporary folder, for a browser to look at. */
export class BrowserNode {
  private isAway = false;
  private hasAccount = false;

  private constructor(
    private readonly folder: string,
    private node: RunningNode,
    private readonly startAgain: () => Promise<RunningNode>,
  ) {}

  static async start(settings: Settings = {}, exchanges = false): Promise<BrowserNode> {
    const folder = await mkdtemp(join(tmpdir(), 'headcount-browser-'));
    const config = loadConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      HEADCOUNT_DATA_DIR: join(folder, 'node'),
      HEADCOUNT_ADMIN_KEY: ADMIN_KEY,
      HEADCOUNT_WRITE_KEY: WRITE_KEY,
      ...settings,
    });
    const begin = () => startNode(config, { listens: true, exchanges });
    return new BrowserNode(folder, await begin(), begin);
  }

  get url(): string {
    return this.node.url!;
  }

  /** In a browser that looks at it: signed in as its administrator from now on. */
  async signIn(page: Page): Promise<void> {
    const { setUpToken } = this.node;
    const way = this.hasAccount ? 'login' : 'setup';
    const given = { name: 'anna', password: PASSWORD, ...(!this.hasAccount && { token: setUpToken }) };
    const headers = { origin: this.url };
    const response = await page.request.post(`${this.url}/v1/${way}`, { data: given, headers });
    if (!response.ok()) throw new Error(`signing in was answered with ${response.status()}`);
    this.hasAccount = true;
  }

  /** What the command line asks, with the admin key. */
  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** Different people of a day that is so many days ago. */
  async visits(people: number, daysAgo = 0): Promise<void> {
    const at = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
    for (let first = 0; first < people; first += 500) {
      const length = Math.min(500, people - first);
      await this.send(Array.from({ length }, (_, index) => ({ at, ...personOf(first + index) })));
    }
  }

  private async send(hits: readonly object[]): Promise<void> {
    const response = await fetch(`${this.url}/v1/hits:batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${WRITE_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ hits }),
    });
    if (!response.ok)
      throw new Error(`a batch was answered with ${response.status}: ${await response.text()}`);
  }

  /** Founds a federation and gives its line to the other. */
  async shareWith(other: BrowserNode): Promise<void> {
    await this.admin('POST', 'federation', { name: 'Browsers' });
    const { line } = (await this.admin('GET', 'federation/export')) as { line: string };
    await other.admin('POST', 'federation/import', { line });
  }

  /** Both give what they have and take what they lack. */
  async exchangeWith(other: BrowserNode): Promise<void> {
    for (const node of [this, other, this]) await node.admin('POST', 'exchange', {});
  }

  /** Resolves when it has counted so many hits today. */
  async localHits(count: number): Promise<void> {
    const deadlineMs = Date.now() + SETTLED_MS;
    for (let hits = 0; hits !== count; ) {
      if (Date.now() > deadlineMs) throw new Error(`${hits} hits were counted instead of ${count}`);
      const response = await fetch(`${this.url}/v1/counts?scope=local&window=1d`);
      hits = ((await response.json()) as Counts).hits ?? 0;
    }
  }

  private async admin(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v1/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** Is away from now on, and stays so. */
  async pause(): Promise<void> {
    if (!this.isAway) await this.node.stop();
    this.isAway = true;
  }

  /** On the same data, perhaps on another port. */
  async restart(): Promise<void> {
    await this.node.stop();
    this.node = await this.startAgain();
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function personOf(number: number): { address: string; userAgent: string } {
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  return { address, userAgent: FIREFOX };
}
