import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import {
  startStack,
  type Stack,
  type StackDescription,
  type StackOptions,
} from '../../../infra/local/stack/startStack.ts';
import { createDice } from '../../support/createDice.ts';
import { startFlakyReceiver, type FlakyReceiver } from '../../support/flakyReceiver.ts';
import { observeQueues, type QueueObserver } from '../../support/queueObserver.ts';
import { startCosmosWire, type CosmosWire } from './startCosmosWire.ts';
import { startSocketWire, type SocketWire } from './startSocketWire.ts';
import { until } from './until.ts';

const SHARE_OF_HELD = 0.002;
const SHARE_OF_UNANSWERED = 0.05;

/** The whole system, with a failing wire on each connection. */
export interface WiredSystem {
  readonly stack: Stack;
  readonly cosmosWire: CosmosWire;
  readonly brokerWire: SocketWire;
  /** Between the senders and the worker. */
  readonly door: SocketWire;
  /** The system as seen through the door. */
  readonly outside: StackDescription;
  readonly queues: QueueObserver;
  /** Receives every transition. */
  readonly receiver: FlakyReceiver;
  /** Processes that ended without a kill. */
  readonly deaths: readonly string[];
  /** Makes each kind of fault of each wire certain, however short the run is. */
  failOnceInEachWay(): void;
  /** Ends the faults of all wires. */
  calm(): void;
  stop(): Promise<void>;
}

export async function startWiredSystem(seed: number, options: StackOptions): Promise<WiredSystem> {
  const deaths: string[] = [];
  let wires: { readonly cosmosWire?: CosmosWire; readonly brokerWire?: SocketWire } = {};
  const stack = await startStack({
    // With short locks the messages of a killed worker are soon delivered again.
    lockDuration: 'PT3S',
    ...options,
    log: (message) => void deaths.push(message),
    async between(part, address) {
      if (part === 'cosmos') {
        const cosmosWire = await startCosmosWire(address, createDice(seed + 1));
        wires = { ...wires, cosmosWire };
        return cosmosWire.address;
      }
      const port = portOf(address);
      const brokerWire = await startSocketWire({
        port,
        random: createDice(seed + 2),
        shareOfHeld: SHARE_OF_HELD,
        shareOfLostAnswers: 0,
      });
      wires = { ...wires, brokerWire };
      return address.replace(`:${String(port)}`, `:${String(brokerWire.port)}`);
    },
  });
  const { cosmosWire, brokerWire } = wires;
  if (cosmosWire === undefined || brokerWire === undefined)
    throw new TypeError('the worker is not wired');
  const door = await startSocketWire({
    port: portOf(stack.description.api),
    random: createDice(seed + 3),
    shareOfHeld: 0,
    shareOfLostAnswers: SHARE_OF_UNANSWERED,
  });
  const receiver = await startFlakyReceiver(createDice(seed + 4), 0);
  const queues = observeQueues(stack.description.serviceBus);
  const all = [cosmosWire, brokerWire, door];
  await addReceiver(stack.description, receiver.url);
  return {
    stack,
    cosmosWire,
    brokerWire,
    door,
    outside: { ...stack.description, api: `http://127.0.0.1:${String(door.port)}` },
    queues,
    receiver,
    deaths,
    failOnceInEachWay() {
      for (const wire of all) wire.failOnceInEachWay();
    },
    calm() {
      for (const wire of all) wire.calm();
    },
    async stop() {
      await queues.stop();
      await stack.stop();
      await Promise.all([...all, receiver].map((each) => each.stop()));
    },
  };
}

function portOf(address: string): number {
  return Number(/127\.0\.0\.1:(\d+)/.exec(address)?.[1]);
}

async function addReceiver(description: StackDescription, url: string): Promise<void> {
  await until('a receiver is added', async () => {
    const { status } = await new OuterClient(description).request('POST', 'webhookEndpoints', {
      as: 'admin',
      json: { url, displayName: 'The receiver' },
    });
    return status === 201;
  });
}
