import { request } from 'node:http';

/** What a node answered. The body is parsed JSON, or text where it is none. */
export interface NodeAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: unknown;
}

/** The node refused or could not do what a command asked. The message is for the person at the terminal. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Talks HTTP to the node over the Unix socket in its data directory, which only the node's owner can open. */
export class NodeClient {
  constructor(private readonly socketPath: string) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.ask<T>('POST', path, body, headers);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.ask<T>('PUT', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.ask<T>('DELETE', path);
  }

  /** Rejects with CommandError for every answer that is no success, in the words of its problem document. */
  private async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const answer = await this.send(method, path, body === undefined ? null : JSON.stringify(body), headers);
    if (answer.status >= 300) throw new CommandError(wordsOf(answer));
    return answer.body as T;
  }

  private send(
    method: string,
    path: string,
    body: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<NodeAnswer> {
    return new Promise((resolve, reject) => {
      const content =
        body === null
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const outgoing = request(
        { socketPath: this.socketPath, method, path, headers: { ...content, ...headers } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed(text) });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body ?? undefined);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wordsOf(answer: NodeAnswer): string {
  const problem = answer.body as { title?: string; detail?: string } | null;
  if (typeof problem !== 'object' || problem === null) return `the node answered ${answer.status}`;
  return [problem.title, problem.detail].filter(Boolean).join(': ') || `the node answered ${answer.status}`;
}
