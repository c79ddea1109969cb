import { createServer, type AddressInfo } from 'node:net';

/** Returns the port `wanted` if it is free, otherwise another free port. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    await new Promise((resolve) => server.close(resolve));
    return port;
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort();
  }
}
