import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { PortTakenError, type ChildPart } from '../../../../../infra/local/stack/childPart.ts';
import { freePort } from '../../../../../infra/local/stack/freePort.ts';
import { startOnFreePort } from '../../../../../infra/local/stack/startOnFreePort.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A part that listens on the port, as a child process would. */
function start(port: string): Promise<ChildPart> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => reject(new PortTakenError('part')));
    server.listen(Number(port), '127.0.0.1', () => {
      servers.push(server);
      resolve({ name: 'part', address: `http://127.0.0.1:${port}` } as ChildPart);
    });
  });
}

describe('the port of a part', () => {
  it('is the wanted one if that is free', async () => {
    const wanted = await freePort();
    const { address } = await startOnFreePort(start, wanted);
    expect(address).toBe(`http://127.0.0.1:${String(wanted)}`);
  });

  it('is another for each of three parts that want the same one at once', async () => {
    const wanted = await freePort();
    const parts = await Promise.all([1, 2, 3].map(() => startOnFreePort(start, wanted)));
    expect(new Set(parts.map(({ address }) => address)).size).toBe(3);
  });

  it('is not tried again after another failure', async () => {
    const ports: string[] = [];
    const failing = (port: string): Promise<ChildPart> => {
      ports.push(port);
      return Promise.reject(new Error('the part is broken'));
    };
    await expect(startOnFreePort(failing)).rejects.toThrow('the part is broken');
    expect(ports).toHaveLength(1);
  });
});
