import type { Socket } from 'node:net';

/** The part of a request that says over which connection it came. */
export interface ConnectedRequest {
  raw: { socket: Socket | null };
}

/** Which requests came over the node's own Unix socket, which only its owner can open: they count as admin. */
export interface LocalRequests {
  isLocalRequest(request: ConnectedRequest): boolean;
}

/** Filled by the server that listens on the Unix socket: `local.add(socket)` for each connection. */
export class LocalSockets implements LocalRequests {
  private readonly sockets = new WeakSet<Socket>();

  add(socket: Socket): void {
    this.sockets.add(socket);
  }

  isLocalRequest(request: ConnectedRequest): boolean {
    const { socket } = request.raw;
    return socket !== null && socket !== undefined && this.sockets.has(socket);
  }
}

const askers = new WeakMap<ConnectedRequest, string>();

/** Whom a guard found to be behind a request: an account or a key. */
export function noteAsker(request: ConnectedRequest, asker: string): void {
  askers.set(request, asker);
}

/** Who decides, as the audit log names it. */
export function whoAsks(request: ConnectedRequest, local: LocalRequests): string {
  return local.isLocalRequest(request) ? 'command line' : (askers.get(request) ?? 'administrator');
}
