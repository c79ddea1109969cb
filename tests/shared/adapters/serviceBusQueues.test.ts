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

/** A broker at the end of a wire; `fallSilent` lets nothing more through on what is open, and cuts nothing. */
async function startBehindWire(): Promise<{ address: string; fallSilent: () => void }> {
  broker = await startServiceBusBroker({ queues: QUEUES });
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(broker.address)?.[1]);
  wire = createServer((inner) => {
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
    fallSilent() {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

it('gives up a connection on which nothing is answered, and goes on by another', async () => {
  const { address, fallSilent } = await startBehindWire();
  const queues = openServiceBusQueues(
    { kind: 'connectionString', connectionString: address },
    { maxRetries: 0, timeoutInMs: 500 },
  );
  const send = (deviceId: string): Promise<void> =>
    queues.send([signalOf(ENROLLED, undefined, deviceId)]);
  await send('before');
  fallSilent();
  await expect(Promise.all([send('lost-1'), send('lost-2')])).rejects.toMatchObject({
    code: 'serviceNotAvailable',
  });
  await send('after');
  await queues.check();
  await queues.close();
});
