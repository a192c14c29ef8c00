import { once } from 'node:events';
import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a node as its public address, and keeps back what others pull from it until it is told to let go. */
export class HeldPulls {
  /** Where the node listens. */
  target = '';
  /** Resolves with the first pull. */
  readonly asked: Promise<void>;
  private hasAsked!: () => void;
  private readonly released: Promise<void>;
  letGo!: () => void;

  private constructor(private readonly server: Server) {
    this.asked = new Promise((resolve) => {
      this.hasAsked = resolve;
    });
    this.released = new Promise((resolve) => {
      this.letGo = resolve;
    });
  }

  static async open(): Promise<HeldPulls> {
    const server = createServer().listen(0, '127.0.0.1');
    const pulls = new HeldPulls(server);
    server.on('request', async (request, response) => {
      if (request.url === '/federation/v1/pull') await pulls.held();
      const { method, headers } = request;
      const passedOn = ask(new URL(request.url!, pulls.target), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      request.pipe(passedOn.on('error', () => response.destroy()));
    });
    await once(server, 'listening');
    return pulls;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.letGo();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private held(): Promise<void> {
    this.hasAsked();
    return this.released;
  }
}
