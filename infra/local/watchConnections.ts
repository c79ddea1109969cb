import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Watches the connections of `server` and returns a function that closes the server. Connections without a complete
 * request close at once, the others once their request is answered. Node's `close` would wait for idle connections too.
 */
export function watchConnections(server: Server): () => Promise<void> {
  const idle = new Set<Socket>();
  const sending = new Set<IncomingMessage>();
  let isClosing = false;
  server.on('connection', (socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    idle.delete(socket);
    sending.add(request);
    request.once('close', () => sending.delete(request));
    request.once('end', () => sending.delete(request));
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
      for (const request of sending) if (!request.complete) request.socket.destroy();
    });
  };
}
