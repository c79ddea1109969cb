import { Server } from 'node:net';
import type { Registry } from './coreApi.ts';

/** The HTTP server of the worker, if the app streams. */
export interface WorkerServer {
  /** `undefined`: the app does not stream. */
  readonly port: number | undefined;
  close(): void;
}

/**
 * Asks the programming model for its capabilities, whose `HttpUri` names a server that it has started for streaming. That
 * server listens on every address; here on loopback alone, as every part of the local system.
 */
export async function openWorkerServer({ programmingModel }: Registry): Promise<WorkerServer> {
  const servers: Server[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its own server
  const { listen } = Server.prototype;
  Server.prototype.listen = function listenOnLoopback(this: Server, ...given: unknown[]) {
    servers.push(this);
    this.once('listening', given.at(-1) as () => void);
    return listen.call(this, { port: 0, host: '127.0.0.1' });
  };
  try {
    const { HttpUri: uri } = ((await programmingModel?.getCapabilities?.({})) ?? {}) as {
      readonly HttpUri?: string;
    };
    const port = uri === undefined ? undefined : Number(new URL(uri).port);
    return { port, close: () => servers.forEach((server) => server.close()) };
  } finally {
    Server.prototype.listen = listen;
  }
}
