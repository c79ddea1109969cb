import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Makes `server` listen on 127.0.0.1 and returns its URL; port 0 means a free port. @throws Error if the port is taken.
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
