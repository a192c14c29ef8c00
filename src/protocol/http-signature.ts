import { type Parameters, parseDictionary } from 'structured-headers';
import { contentDigest } from './content-digest.js';
import { type NodeKey, verifyAside } from './node-key.js';
import { Refusal } from './refusal.js';

/**
 * RFC 9421, HTTP Message Signatures, in the one profile that nodes speak: one signature, labelled `headcount`, over
 * exactly these components in this order, with exactly these parameters. The algorithm is Ed25519 because the stored
 * key is one; a message can't choose.
 */
const LABEL = 'headcount';
const TAG = 'headcount-v1';
const BARE_COMPONENTS = ['@method', '@authority', '@path', '@query'] as const;
const BODY_COMPONENTS = [...BARE_COMPONENTS, 'content-type', 'content-digest'] as const;
const PARAMETERS = ['created', 'expires', 'nonce', 'keyid', 'tag'];

export const SIGNATURE_LIFE_S = 120;
export const SKEW_S = 300;
const HEADER_CHARS_MAX = 1024;
const NONCE = /^[A-Za-z0-9_-]{16,64}$/;
const KEY_ID = /^[A-Za-z0-9_-]{43}$/;
const CLAIMED_KEY_ID = /;keyid="([A-Za-z0-9_-]{43})"/;

export interface RequestToSign {
  method: string;
  /** Absolute, as it is dialled. */
  url: string;
  body?: Uint8Array;
  contentType?: string;
}

/** The parts of a received request that a signature covers; header names in lower case. */
export interface ReceivedRequest {
  method: string;
  /** Host, and port where it is not the scheme's: of our configured URL, never of a forwarded header. */
  authority: string;
  path: string;
  /** With its `?`; `?` alone when there is none. */
  query: string;
  headers: Readonly<Record<string, string | undefined>>;
}

/** A signature as its headers say it, nothing of it checked yet. Times in whole seconds. */
export interface RequestSignature {
  keyId: string;
  nonce: string;
  created: number;
  expires: number;
  coversBody: boolean;
  /** The received text of the label's value, which is the last line of the signature base. */
  parameters: string;
  signature: Uint8Array;
}

/** The headers to add to a request. Components are taken from the URL exactly as the other side will see it. */
export function signRequest(
  request: RequestToSign,
  key: NodeKey,
  { nowMs, nonce }: { nowMs: number; nonce: string },
): Record<string, string> {
  const { authority, path, query } = targetOf(request.url);
  const headers: Record<string, string> = {};
  if (request.body !== undefined) {
    headers['content-type'] = request.contentType ?? 'application/json';
    headers['content-digest'] = contentDigest(request.body);
  }
  const created = Math.floor(nowMs / 1000);
  const components = request.body === undefined ? BARE_COMPONENTS : BODY_COMPONENTS;
  const list = components.map((name) => `"${name}"`).join(' ');
  const parameters = `(${list});created=${created};expires=${created + SIGNATURE_LIFE_S};nonce="${nonce}";keyid="${key.keyId}";tag="${TAG}"`;
  const base = signatureBase(
    { method: request.method, authority, path, query, headers },
    components,
    parameters,
  );
  const signature = Buffer.from(key.sign(Buffer.from(base))).toString('base64');
  return { ...headers, 'signature-input': `${LABEL}=${parameters}`, signature: `${LABEL}=:${signature}:` };
}

/** What a signature covers of a URL. */
export function targetOf(url: string): { authority: string; path: string; query: string } {
  const { host, pathname, search } = new URL(url);
  return { authority: host, path: pathname, query: search === '' ? '?' : search };
}

/** Reads the signature headers and no other. Throws Refusal `signature-missing` or `signature-malformed`. */
export function readRequestSignature(
  headers: Readonly<Record<string, string | undefined>>,
): RequestSignature {
  const input = headers['signature-input'];
  const value = headers.signature;
  if (input === undefined || value === undefined) throw new Refusal('signature-missing');
  if (input.length > HEADER_CHARS_MAX || value.length > HEADER_CHARS_MAX) throw malformed();
  const [components, parameters] = innerList(input);
  const coversBody = isExactly(components, BODY_COMPONENTS);
  if (!coversBody && !isExactly(components, BARE_COMPONENTS)) throw malformed();
  return {
    ...checkedParameters(parameters),
    coversBody,
    parameters: input.slice(LABEL.length + 1),
    signature: bytesOf(value),
  };
}

/** The key that the headers name, of which nothing is checked; null where they name none. */
export function claimedKeyId(headers: ReceivedRequest['headers']): string | null {
  return CLAIMED_KEY_ID.exec(headers['signature-input']?.slice(0, HEADER_CHARS_MAX) ?? '')?.[1] ?? null;
}

/** Throws Refusal when the signature's time has not come, has passed, or is longer than allowed. */
export function checkSignatureTimes({ created, expires }: RequestSignature, nowMs: number): void {
  const now = nowMs / 1000;
  if (created > now + SKEW_S) throw new Refusal('signature-not-yet-valid');
  if (expires < created || expires - created > SIGNATURE_LIFE_S)
    throw new Refusal('signature-valid-too-long');
  if (expires + SKEW_S < now) throw new Refusal('signature-expired');
}

/** Rejects with Refusal `bad-signature`, also when a covered header is not there or a body is not covered. */
export async function verifyRequestSignature(
  signature: RequestSignature,
  request: ReceivedRequest,
  publicKey: Uint8Array,
): Promise<void> {
  const components = signature.coversBody ? BODY_COMPONENTS : BARE_COMPONENTS;
  const base = signatureBase(request, components, signature.parameters);
  if (!(await verifyAside(Buffer.from(base), signature.signature, publicKey)))
    throw new Refusal('bad-signature');
}

/** RFC 9421, section 2.5. */
export function signatureBase(
  request: ReceivedRequest,
  components: readonly string[],
  parameters: string,
): string {
  const lines = components.map((name) => `"${name}": ${componentValue(request, name)}`);
  return [...lines, `"@signature-params": ${parameters}`].join('\n');
}

function componentValue(request: ReceivedRequest, name: string): string {
  switch (name) {
    case '@method':
      return request.method;
    case '@authority':
      return request.authority.toLowerCase();
    case '@path':
      return request.path;
    case '@query':
      return request.query;
    default: {
      const value = request.headers[name];
      if (value === undefined) throw new Refusal('bad-signature');
      return value.trim();
    }
  }
}

function innerList(input: string): [names: unknown[], parameters: Parameters] {
  const member = onlyMember(input);
  const [items, parameters] = member;
  if (!Array.isArray(items) || items.some((item) => !Array.isArray(item) || item[1].size > 0))
    throw malformed();
  return [items.map((item) => (item as [unknown, Parameters])[0]), parameters as Parameters];
}

function bytesOf(value: string): Uint8Array {
  const [bytes, parameters] = onlyMember(value);
  if (!(bytes instanceof ArrayBuffer) || (parameters as Parameters).size > 0) throw malformed();
  return new Uint8Array(bytes);
}

/** The label's value; that there is no other label, and nothing else, is checked on the text. */
function onlyMember(text: string): [unknown, unknown] {
  // Nothing in this profile can hold a comma, so one means another member, even of the same name.
  if (!text.startsWith(`${LABEL}=`) || text.includes(',')) throw malformed();
  try {
    const dictionary = parseDictionary(text);
    const member = dictionary.get(LABEL);
    if (dictionary.size !== 1 || !Array.isArray(member)) throw malformed();
    return member as [unknown, unknown];
  } catch {
    throw malformed();
  }
}

function isExactly(names: readonly unknown[], expected: readonly string[]): boolean {
  return names.length === expected.length && expected.every((name, index) => names[index] === name);
}

function checkedParameters(
  parameters: Parameters,
): Pick<RequestSignature, 'created' | 'expires' | 'nonce' | 'keyId'> {
  if ([...parameters.keys()].join(' ') !== PARAMETERS.join(' ')) throw malformed();
  const [created, expires, nonce, keyId, tag] = PARAMETERS.map((name) => parameters.get(name));
  const isWhole = Number.isSafeInteger(created) && Number.isSafeInteger(expires);
  const isText = typeof nonce === 'string' && typeof keyId === 'string';
  if (!isWhole || !isText || tag !== TAG || !NONCE.test(nonce) || !KEY_ID.test(keyId)) throw malformed();
  return { created: created as number, expires: expires as number, nonce, keyId };
}

function malformed(): Refusal {
  return new Refusal('signature-malformed');
}
