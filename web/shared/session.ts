import { signal } from '@preact/signals';
import type { SignedInView } from '../../src/accounts/views.js';
import { readJson } from './loaded.js';

/** Who is signed in with this browser; null until the node has said. */
export const session = signal<SignedInView | null>(null);

export async function readSession(): Promise<SignedInView> {
  session.value = await readJson<SignedInView>('/v1/session');
  return session.value;
}

/** The node said no, and why. `kind` is the last word of the problem's type. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(
    readonly status: number,
    readonly kind: string,
    readonly field: string | null,
    detail: string,
    readonly retryAfterS: number | null,
  ) {
    super(detail);
  }
}

/** Changes something. Rejects with RefusedError for a refusal, and with TypeError where there is no answer. */
export async function send<Value>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<Value> {
  const proof = session.value?.proof;
  const response = await fetch(path, {
    method,
    headers: {
      ...(proof ? { 'x-headcount-proof': proof } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as Value;
}

async function refusalOf(response: Response): Promise<RefusedError> {
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const kind =
    String(problem.type ?? '')
      .split(':')
      .at(-1) ?? '';
  const retryAfter = Number(response.headers.get('retry-after'));
  const field = typeof problem.field === 'string' ? problem.field : null;
  const detail = String(problem.detail ?? response.status);
  return new RefusedError(response.status, kind, field, detail, retryAfter > 0 ? retryAfter : null);
}

export function toSignIn(): void {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}
