import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import {
  startServiceBusBroker,
  type ServiceBusBroker,
} from '../../../infra/local/serviceBus/startServiceBusBroker.ts';
import { openServiceBusQueues } from '../../../shared/adapters/serviceBusQueues.ts';
import { QUEUES } from '../../../shared/resources.ts';
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
  /** Nothing more comes through, on what is open and on what is opened; nothing is cut. */
  fallSilent(): void;
  /** What is opened from now on leads to the broker again. */
  speak(): void;
}

/** A broker at the end of a wire. */
async function startBehindWire(): Promise<Wire> {
  let isSilent = false;
  broker = await startServiceBusBroker({ queues: QUEUES });
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(broker.address)?.[1]);
  wire = createServer((inner) => {
    if (isSilent) {
      sockets.add(inner.on('error', () => undefined));
      return;
    }
    const outer = connect(port, '127.0.0.1');
    for (const socket of [inner, outer]) sockets.add(socket.on('error', () => undefined));
    inner.pipe(outer).pipe(inner);
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  return {
    address: broker.address.replace(
      `:${String(port)}`,
      `:${String((wire.address() as AddressInfo).port)}`,
    ),
    speak() {
      isSilent = false;
    },
    fallSilent() {
      isSilent = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

it('gives up a connection on which nothing is answered, and goes on by another', async () => {
  const through = await startBehindWire();
  const queues = openServiceBusQueues(
    { kind: 'connectionString', connectionString: through.address },
    () => new Date(),
    { maxRetries: 0, retryDelayInMs: 20, maxRetryDelayInMs: 20, timeoutInMs: 500 },
  );
  const send = (deviceId: string): Promise<void> =>
    queues.send([signalOf(ENROLLED, undefined, deviceId)]);
  await send('before');
  through.fallSilent();
  await expect(Promise.all([send('lost-1'), send('lost-2')])).rejects.toMatchObject({
    code: 'serviceNotAvailable',
  });
  // The next client never gets so far as to open what it sends by.
  await expect(send('lost-3')).rejects.toMatchObject({ code: 'serviceNotAvailable' });
  through.speak();
  await send('after');
  await queues.check();
  await queues.close();
});
