import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Watches the connections of `server`; what it answers closes the server: those without a request at once, the others
 * when their request is answered. Node's own way waits for connections that never sent anything.
 */
export function watchConnections(server: Server): () => Promise<void> {
  const idle = new Set<Socket>();
  let isClosing = false;
  server.on('connection', (socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => {
    idle.delete(socket);
    response.once('close', () => {
      if (isClosing) socket.destroySoon();
      else if (!socket.destroyed) idle.add(socket);
    });
  });
  return () => {
    isClosing = true;
    return new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of idle) socket.destroy();
    });
  };
}
