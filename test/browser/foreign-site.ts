import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Somebody else's site on an origin of its own, under a policy that allows it nothing but the node. */
export class ForeignSite {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** Every path answers the same page, but for the site's own `/app.js`. */
  static async start(body: string, node: string, script = ''): Promise<ForeignSite> {
    const policy = `default-src 'none'; script-src 'self' ${node}; connect-src ${node}; img-src 'self' ${node}; style-src 'self'`;
    const server = createServer(({ url }, response) => {
      const page = `<!doctype html><html lang="de"><title>Site</title>${LINKS}${body}`;
      const files: Record<string, [type: string, content: string]> = {
        '/site.css': ['text/css', STYLE],
        '/app.js': ['text/javascript', script],
      };
      const [type, content] = files[url ?? ''] ?? ['text/html; charset=utf-8', page];
      response.setHeader('content-security-policy', policy);
      response.setHeader('content-type', type);
      response.end(content);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ForeignSite(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** What docs/SITES.md asks a site to have, so that nothing moves when the number comes. */
const SITES = readFileSync(join(import.meta.dirname, '../../docs/SITES.md'), 'utf8');
const STYLE = /<style>([^<]+)<\/style>/.exec(SITES)![1]!;
const LINKS = '<link rel="stylesheet" href="/site.css"><link rel="icon" href="/site.css">';
