import { setTimeout as delay } from 'node:timers/promises';
import { createClient, RESP_TYPES } from 'redis';
import { StoreUnavailableError } from '../count-store.js';
import { OutcomeUnknownError, OwnedByAnotherError, refusalOf, wordsOf } from './redis-errors.js';
import { within } from './within.js';

const CONNECT_MS = 2_000;
/** Longer than connecting, so that no socket is still on its way to the server when it is given up. */
const HANDSHAKE_MS = 3_000;
const COMMAND_MS = 2_000;
const BACKOFF_FIRST_MS = 25;
const BACKOFF_MAX_MS = 2_000;

export type RedisClient = ReturnType<typeof newClient>;

/** A connection as the server knows it. Numbers begin again when it restarts, hence the run. */
interface ServerSide {
  run: string;
  clientId: number;
}

/**
 * One connection to one Redis server, and the way back to it. While it is away every call fails at once. On return
 * the connection that was lost is killed on the server's side, where what it had sent might otherwise still be
 * waiting to be carried out (a server that hung goes on with it); then `onReturn` runs, before anyone else's commands.
 */
export class RedisConnection {
  private client: RedisClient | null = null;
  private latest: RedisClient | null = null;
  private lost: ServerSide | null = null;
  private reason = 'Redis is away';
  private readonly closing = new AbortController();

  private constructor(
    private readonly url: string,
    private readonly onReturn: (client: RedisClient) => Promise<void>,
  ) {}

  /** Throws StoreUnavailableError when the server can't be used now, and OwnedByAnotherError from `onReturn`. */
  static async open(url: string, onReturn: (client: RedisClient) => Promise<void>): Promise<RedisConnection> {
    const connection = new RedisConnection(url, onReturn);
    try {
      await connection.establish();
    } catch (error) {
      if (error instanceof OwnedByAnotherError) throw error;
      throw new StoreUnavailableError(`Redis at ${addressOf(url)}: ${wordsOf(error)}`, { cause: error });
    }
    return connection;
  }

  /**
   * A few commands. Rejects at once with StoreUnavailableError while away or when the server refuses, and with
   * OutcomeUnknownError when the connection broke or gave no answer meanwhile.
   */
  async run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const { client } = this;
    if (!client?.isReady) throw new StoreUnavailableError(this.reason);
    try {
      return await within(work(client), COMMAND_MS);
    } catch (error) {
      if (error instanceof StoreUnavailableError && !(error instanceof OutcomeUnknownError)) throw error;
      const refusal = refusalOf(error);
      if (refusal !== null) throw new StoreUnavailableError(`Redis: ${refusal}`, { cause: error });
      this.lose(client, wordsOf(error));
      if (error instanceof OutcomeUnknownError) throw error;
      throw new OutcomeUnknownError(`Redis: ${wordsOf(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    this.reason = 'the counts in Redis are closed';
    this.closing.abort();
    if (client?.isReady) await within(client.close(), COMMAND_MS).catch(() => undefined);
    this.latest?.destroy();
  }

  private async establish(): Promise<void> {
    const client = newClient(this.url);
    this.latest = client;
    client.on('error', (error: unknown) => this.lose(client, wordsOf(error)));
    try {
      await within(client.connect(), HANDSHAKE_MS);
      await within(this.welcome(client), COMMAND_MS);
      if (this.closing.signal.aborted) throw new StoreUnavailableError(this.reason);
    } catch (error) {
      client.destroy();
      throw error;
    }
    this.client = client;
  }

  /** Killing oneself is not done; it shows at the first start that this user may kill, as it will have to. */
  private async welcome(client: RedisClient): Promise<void> {
    const current = await serverSideOf(client);
    const killed = this.lost?.run === current.run ? this.lost : current;
    await client.sendCommand(['CLIENT', 'KILL', 'ID', `${killed.clientId}`, 'SKIPME', 'yes']);
    this.lost = current;
    await this.onReturn(client);
  }

  private lose(client: RedisClient, reason: string): void {
    if (client !== this.client) return;
    this.client = null;
    this.reason = `Redis is away: ${reason}`;
    client.destroy();
    void this.comeBack();
  }

  private async comeBack(): Promise<void> {
    const { signal } = this.closing;
    for (let failures = 0; ; failures++) {
      const backoffMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10));
      await delay(backoffMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        return await this.establish();
      } catch (error) {
        if (!signal.aborted) this.reason = `Redis is away: ${wordsOf(error)}`;
      }
    }
  }
}

function newClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    // Coming back is ours: there is more to do then than to connect.
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false },
    // Sketches are bytes; what is text is read as text where it is used.
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

async function serverSideOf(client: RedisClient): Promise<ServerSide> {
  const clientId = Number(await client.sendCommand(['CLIENT', 'ID']));
  const run = /^run_id:(\w+)/m.exec(String(await client.sendCommand(['INFO', 'server'])));
  return { run: run?.[1] ?? '', clientId };
}

/** Without the password. */
function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
