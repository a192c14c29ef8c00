import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a store and its Redis, and can cut the wire exactly when Redis has done what it was asked. */
export class AnswerlessProxy {
  private isArmed = false;
  private isCut = false;
  private readonly cuts = new EventEmitter();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly redisPort: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async start(redisPort: number): Promise<AnswerlessProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AnswerlessProxy(server, redisPort);
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as { port: number }).port}/0`;
  }

  /**
   * The next transaction is carried out, but its answer never arrives: the connection breaks instead, and there is
   * no way back before `mend`.
   */
  swallowNextAnswer(): void {
    this.isArmed = true;
  }

  /** Resolves when the wire is cut. */
  async wasCut(): Promise<void> {
    if (!this.isCut) await once(this.cuts, 'cut');
  }

  mend(): void {
    this.isCut = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (this.isCut) return void client.destroy();
    const redis = connect(this.redisPort, '127.0.0.1');
    for (const socket of [client, redis]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (this.isArmed && bytes.includes('\r\nEXEC\r\n')) {
        this.isArmed = false;
        this.isCut = true;
        this.cuts.emit('cut');
      }
      redis.write(bytes);
    });
    redis.on('data', (bytes) => {
      if (this.isCut) client.destroy();
      else client.write(bytes);
    });
  }
}
