/** What a panel knows: the newest answer, and whether the last attempt to get one failed. */
export interface Loaded<Value> {
  value: Value | null;
  /** Status of the answer; null where none came. */
  failure: { status: number | null } | null;
}

export const LOADING: Loaded<never> = { value: null, failure: null };

export class NodeError extends Error {
  override readonly name = 'NodeError';

  constructor(readonly status: number) {
    super(`the node answered ${status}`);
  }
}

/** Rejects with NodeError for a refusal, and with TypeError where there is no answer. */
export async function readJson<Value>(path: string, headers: Record<string, string> = {}): Promise<Value> {
  const response = await fetch(path, { headers });
  if (!response.ok) throw new NodeError(response.status);
  return (await response.json()) as Value;
}

/** The next state: a new answer, or the old one marked. */
export async function loadedFrom<Value>(
  path: string,
  before: Loaded<Value>,
  headers: Record<string, string> = {},
): Promise<Loaded<Value>> {
  try {
    return { value: await readJson<Value>(path, headers), failure: null };
  } catch (error) {
    return { value: before.value, failure: { status: error instanceof NodeError ? error.status : null } };
  }
}
