/** A request to another node, already signed. */
export interface OutgoingRequest {
  method: 'GET' | 'POST' | 'PUT';
  /** The peer's configured URL and the path below it. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | null;
  /** Answers with a longer body are cut off and fail. */
  responseBytesMax: number;
}

export interface IncomingResponse {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** Carries requests to other nodes. One exchange takes at most 15 s, whatever the other side does. */
export interface PeerTransport {
  /** Rejects with TransportError when no complete answer came; any status is an answer. */
  send(request: OutgoingRequest): Promise<IncomingResponse>;
}

/** No answer: refused address, no connection, too slow, too long. The reason is safe to show and to log. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
}
