import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePorts } from '../../src/demo/demo-node.js';
import { NodeProcess } from '../federation/node-process.js';
import { describeWithChromium, type WatchedPage } from './chromium.js';

const TEST_MS = 120_000;
const STARTED_ANEW_MS = 60_000;

describeWithChromium('the first run of two nodes', (browser) => {
  let folder: string;
  let founder: NodeProcess;
  let joiner: NodeProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headcount-first-run-'));
    const ports = await freePorts(2);
    const start = (name: string, at: number) =>
      NodeProcess.start(folder, name, ports[at]!, { HEADCOUNT_NAME: '', HEADCOUNT_VISITOR: 'ip-ua' });
    [founder, joiner] = await Promise.all([start('founder', 0), start('joiner', 1)]);
  }, TEST_MS);

  afterAll(async () => {
    await Promise.all([founder, joiner].map((node) => node.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  /** At the step that asks with whom the node counts. */
  async function atSecondStep(node: NodeProcess, name: string): Promise<WatchedPage> {
    await node.printsMatching(/setup#\S+\n/);
    const [link = ''] = /http\S+\/setup#\S+/.exec(node.printed) ?? [];
    const watched = await browser.open();
    const { page } = watched;
    await page.goto(link);
    await page.getByLabel('Name of this node').fill(name);
    await page.getByLabel('Your name').fill('anna');
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('On its own').waitFor();
    return watched;
  }

  it(
    'founds a federation at one, whose hub the other asks to be let in by its address',
    async () => {
      const watched = await atSecondStep(founder, 'Central Hub');
      const { page } = watched;
      await page.getByText('Found a federation').click();
      await page.getByLabel('Name of the federation').fill('Reading Rooms');
      expect(await page.getByLabel('Address of this node').inputValue()).toBe(founder.url);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('Hand this line to whoever should join.').waitFor({ timeout: STARTED_ANEW_MS });
      expect(await page.locator('.code').textContent()).toMatch(/^\S{40,}$/);
      expect(await founder.client.get('/v1/admin/status')).toMatchObject({
        ...{ role: 'hub', name: 'Central Hub', federation: 'Reading Rooms' },
      });

      const asking = await atSecondStep(joiner, 'Lighthouse');
      await asking.page.getByText('Join a hub by its address').click();
      await asking.page.getByLabel('Address of the hub').fill(founder.url);
      await asking.page.getByRole('button', { name: 'Go on' }).click();
      const words = asking.page.locator('.words');
      await words.waitFor({ timeout: STARTED_ANEW_MS });
      await page.goto(`${founder.url}/admin/federation/requests`);
      const waiting = page.getByRole('article').filter({ hasText: 'Lighthouse' });
      while ((await waiting.count()) === 0) {
        await page.reload();
        await page.getByRole('heading', { name: 'Asking to be let in' }).waitFor();
      }
      expect(await waiting.locator('.words').first().textContent()).toBe(await words.textContent());
      await asking.page.getByRole('button', { name: 'Go on' }).click();
      await asking.page.getByText('Waiting for the first visit').waitFor();
      await Promise.all([watched.close(), asking.close()]);
    },
    TEST_MS,
  );
});
