import type { AddressInfo, Server } from 'node:net';

/** Makes `server` listen on a loopback address, by default on a free port, and returns the port. */
export function listeningPort(server: Server, port = 0, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
