import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { BrowserNode } from './browser-node.js';
import { describeWithChromium } from './chromium.js';
import { ForeignSite } from './foreign-site.js';

const FOLDER = join(import.meta.dirname, 'frameworks');
const SOURCE_BYTES_MAX = 10_000_000;

async function bundled(source: string): Promise<string> {
  const command = [join(FOLDER, 'bundle.js'), join(FOLDER, source)];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: SOURCE_BYTES_MAX });
  return stdout;
}

describeWithChromium('the counter element in an application', (browser) => {
  it.each([
    ['React, before the element is defined', 'react-app.js', false],
    ['React', 'react-app.js', true],
    ['Vue, before the element is defined', 'vue-app.js', false],
    ['Vue', 'vue-app.js', true],
  ])(
    'of %s',
    async (_name, source, isDefinedFirst) => {
      const node = await BrowserNode.start();
      await node.visits(4);
      const scripts = [
        `<script defer src="${node.url}/widget.js"></script>`,
        '<script defer src="/app.js"></script>',
      ];
      if (!isDefinedFirst) scripts.reverse();
      const body = `${scripts.join('')}<div id="app"></div>`;
      const site = await ForeignSite.start(body, node.url, await bundled(source));
      const watched = await browser.open();
      const { page } = watched;
      const told = (text: string) =>
        page.locator(`headcount-counter[title="4 verschiedene Menschen ${text}"]`);
      await page.goto(site.url);
      await told('in 7 Tagen').waitFor();
      await page.getByText('All').click();
      await told('insgesamt').waitFor();
      await page.getByText('Turn').click();
      await told('insgesamt').waitFor({ state: 'detached' });
      await page.getByText('Turn').click();
      await told('insgesamt').waitFor();
      expect(watched.requested.filter((url) => url.endsWith('/v1/stream')).length).toBeLessThanOrEqual(3);
      watched.expectClean(site.url, node.url);
      await watched.close();
      await site.stop();
      await node.stop();
    },
    60_000,
  );
});
