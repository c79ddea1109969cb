import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';

/** Closes a server and its open connections. */
export function stopServer(server: Server | SecureServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
