import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import {
  startServiceBusBroker,
  type ServiceBusBroker,
} from '../../../infra/local/serviceBus/startServiceBusBroker.ts';
import { openServiceBusQueues } from '../../../shared/adapters/serviceBusQueues.ts';
import { QUEUES } from '../../../shared/resources.ts';
import { listeningPort } from '../../support/listeningPort.ts';
import { ENROLLED, signalOf } from '../../support/signals.ts';

let broker: ServiceBusBroker;
let wire: Server;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  const closed = once(wire, 'close');
  wire.close();
  await Promise.all([closed, broker.stop()]);
});

interface Wire {
  readonly address: string;
  /** Stops forwarding on open and new connections, without closing any. */
  stall(): void;
  /** Forwards new connections to the broker again. */
  resume(): void;
}

/** Starts a broker behind a proxy that can stall. */
async function startBehindWire(): Promise<Wire> {
  let isStalled = false;
  broker = await startServiceBusBroker({ queues: QUEUES });
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(broker.address)?.[1]);
  wire = createServer((inner) => {
    if (isStalled) {
      sockets.add(inner.on('error', () => undefined));
      return;
    }
    const outer = connect(port, '127.0.0.1');
    for (const socket of [inner, outer]) sockets.add(socket.on('error', () => undefined));
    inner.pipe(outer).pipe(inner);
  });
  const wirePort = await listeningPort(wire);
  return {
    address: broker.address.replace(`:${String(port)}`, `:${String(wirePort)}`),
    resume() {
      isStalled = false;
    },
    stall() {
      isStalled = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

it('replaces a connection that gets no answers by a new one', async () => {
  const through = await startBehindWire();
  const queues = openServiceBusQueues({
    connection: { kind: 'connectionString', connectionString: through.address },
    keys: [Buffer.alloc(32)],
    now: () => new Date(),
    retryOptions: { maxRetries: 0, retryDelayInMs: 20, maxRetryDelayInMs: 20, timeoutInMs: 500 },
  });
  const send = (deviceId: string): Promise<void> =>
    queues.send([signalOf(ENROLLED, undefined, deviceId)]);
  await send('before');
  through.stall();
  await expect(Promise.all([send('lost-1'), send('lost-2')])).rejects.toMatchObject({
    code: 'serviceNotAvailable',
  });
  // The next client cannot even open its sender.
  await expect(send('lost-3')).rejects.toMatchObject({ code: 'serviceNotAvailable' });
  through.resume();
  await send('after');
  expect(broker.depth('device-signals').active).toBe(2);
  await queues.check();
  await queues.close();
});
