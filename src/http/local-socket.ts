import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { LocalSockets } from './local-requests.js';

/** Longer paths can't be bound (sun_path of unix(7) is 108 bytes on Linux, 104 on macOS). */
const PATH_BYTES_MAX = 103;

/**
 * Serves the same routes on a Unix socket that only its owner can open. Requests over it count as the
 * administrator's: whoever can open it can read the node's key files as well.
 */
export async function listenOnSocket(
  path: string,
  instance: FastifyInstance,
  sockets: LocalSockets,
): Promise<Server> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new Error(
      `the data directory's path is too long for a socket in it (${PATH_BYTES_MAX} bytes): ${path}`,
    );
  }
  // The lock on the data directory is ours, so a socket that is there was left by a node that was killed.
  rmSync(path, { force: true });
  const server = createServer((request, response) => instance.routing(request, response));
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}
