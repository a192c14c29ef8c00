import { createClient, RESP_TYPES } from 'redis';
import { StoreUnavailableError } from '../count-store.js';

type Client = ReturnType<typeof newClient>;

const CONNECT_MS = 2_000;
const COMMAND_MS = 2_000;
const RECONNECT_MAX_MS = 2_000;

/** The database belongs to another node, whose visitors would be mixed with ours. */
export class OwnedByAnotherError extends Error {
  override readonly name = 'OwnedByAnotherError';
}

/** The connection may have broken after the command was sent: nobody knows yet whether it was carried out. */
export class OutcomeUnknownError extends StoreUnavailableError {}

/**
 * One connection to one Redis server. While it is away every call fails at once; it comes back by itself. After each
 * return the connection that was lost is killed on the server's side, so that nothing it had sent can still be
 * carried out, and then `onReturn` runs before anyone else's commands.
 */
export class RedisConnection {
  private client: Client;
  private clientId: number | null = null;
  private isUsable = false;
  private isClosed = false;
  private reason = 'Redis is away';

  private constructor(
    private readonly url: string,
    private readonly onReturn: (client: Client) => Promise<void>,
  ) {
    this.client = this.connect();
  }

  /** Throws StoreUnavailableError when the server can't be reached now. */
  static async open(url: string, onReturn: (client: Client) => Promise<void>): Promise<RedisConnection> {
    const connection = new RedisConnection(url, onReturn);
    const { client } = connection;
    try {
      await within(client.connect(), CONNECT_MS);
      await connection.welcome(client);
    } catch (error) {
      await connection.close();
      if (error instanceof OwnedByAnotherError) throw error;
      throw new StoreUnavailableError(`Redis at ${safeUrl(url)} cannot be reached`, { cause: error });
    }
    return connection;
  }

  /** Rejects at once with StoreUnavailableError while away, with OutcomeUnknownError when it broke meanwhile. */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { client } = this;
    if (!this.isUsable || !client.isReady) throw new StoreUnavailableError(this.reason);
    try {
      return await within(work(client), COMMAND_MS);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      if (isRefusal(error))
        throw new StoreUnavailableError(`Redis: ${(error as Error).message}`, { cause: error });
      this.restart(client);
      throw new OutcomeUnknownError('the connection to Redis broke', { cause: error });
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.isUsable = false;
    if (this.client.isReady) await within(this.client.close(), COMMAND_MS).catch(() => this.client.destroy());
    else if (this.client.isOpen) this.client.destroy();
  }

  private connect(): Client {
    const client = newClient(this.url);
    // Reconnections are told by `ready`; what went wrong before them is not of interest to anyone twice.
    client.on('error', () => {
      this.isUsable = false;
    });
    client.on('ready', () => {
      if (this.clientId !== null) void this.welcome(client).catch(() => this.restart(client));
    });
    return client;
  }

  private async welcome(client: Client): Promise<void> {
    this.isUsable = false;
    if (this.clientId !== null) {
      await client.sendCommand(['CLIENT', 'KILL', 'ID', String(this.clientId)]);
    }
    this.clientId = Number(await client.sendCommand(['CLIENT', 'ID']));
    await this.onReturn(client);
    if (client === this.client && !this.isClosed) this.isUsable = true;
  }

  /** A connection that does not answer is given up for a new one. */
  private restart(client: Client): void {
    if (client !== this.client || this.isClosed) return;
    this.isUsable = false;
    client.removeAllListeners('ready');
    if (client.isOpen) client.destroy();
    this.client = this.connect();
    this.client.connect().catch(() => undefined);
  }
}

function newClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (attempt: number) => Math.min(RECONNECT_MAX_MS, 25 * 2 ** attempt),
    },
    // Sketches are bytes; what is text is read as text where it is used.
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

/** Redis answered, and the answer was no: it is full, read-only, loading. Nothing of the command was carried out. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(OOM|READONLY|LOADING|MISCONF|NOPERM|NOAUTH|EXECABORT|WRONGTYPE|ERR)\b/.test(error.message)
  );
}

/** Passwords stay out of messages. */
function safeUrl(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

export type { Client as RedisClient };
