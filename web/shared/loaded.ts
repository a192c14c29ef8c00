/** What a panel knows: the newest answer, and whether the last attempt to get one failed. */
export interface Loaded<Value> {
  value: Value | null;
  /** Status of the answer; null where none came. */
  failure: { status: number | null } | null;
}

export const LOADING: Loaded<never> = { value: null, failure: null };

/** Answered or not, it takes its place on the page: what stands below it moves no more. */
export function isSettled({ value, failure }: Loaded<unknown>): boolean {
  return value !== null || failure !== null;
}

export class NodeError extends Error {
  override readonly name = 'NodeError';

  constructor(readonly status: number) {
    super(`the node answered ${status}`);
  }
}

/** Rejects with NodeError for a refusal, and with TypeError where the node gives no answer or can give none just now. */
export async function readJson<Value>(path: string, headers: Record<string, string> = {}): Promise<Value> {
  const response = await fetch(path, { headers });
  if (response.ok) return (await response.json()) as Value;
  // What stands before the node says in its own words that the node is away.
  const isNode = response.headers.get('content-type')?.startsWith('application/problem+json');
  const isAway = response.status === 503 && !(await response.text()).includes(':no-total"');
  if (!isNode || isAway) throw new TypeError('away');
  throw new NodeError(response.status);
}

/** The next state: a new answer, or the old one marked. Figures that are closed now are shown no longer. */
export async function loadedFrom<Value>(
  path: string,
  before: Loaded<Value>,
  headers: Record<string, string> = {},
): Promise<Loaded<Value>> {
  try {
    return { value: await readJson<Value>(path, headers), failure: null };
  } catch (error) {
    const status = error instanceof NodeError ? error.status : null;
    const isClosed = status === 401 || status === 403;
    return { value: isClosed ? null : before.value, failure: { status } };
  }
}
