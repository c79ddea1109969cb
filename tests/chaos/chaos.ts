import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import { startStack, type StackOptions } from '../../infra/local/stack/startStack.ts';
import { createDice } from '../support/dice.ts';
import { startFlakyReceiver } from '../support/flakyReceiver.ts';
import { checkDevices, type Findings } from './checkDevices.ts';
import { killProcesses, type Victim } from './killProcesses.ts';
import { observeQueues } from './queueObserver.ts';
import { sendWorkload } from './sendWorkload.ts';
import { startCosmosWire, type CosmosWire } from './startCosmosWire.ts';
import { startSocketWire, type SocketWire } from './startSocketWire.ts';
import { until } from './until.ts';
import { untilSettled } from './untilSettled.ts';
import { createWorkload } from './workload.ts';

/** So many batches are under way beyond what the next kill waits for: a process that comes back finds work. */
const BATCHES_AHEAD = 8;
const SHARE_OF_HELD = 0.002;
const SHARE_OF_UNANSWERED = 0.05;

export interface ChaosOptions {
  readonly seed: number;
  readonly events: number;
  readonly kills: number;
  readonly stack: StackOptions & { readonly stateFolder: string };
  /** Told after each kill. */
  readonly onProgress?: (kills: number, acknowledged: number) => void;
}

export interface ChaosOutcome extends Findings {
  readonly acknowledged: number;
  readonly retries: number;
  readonly transitions: number;
  readonly kills: Readonly<Record<Victim, number>>;
  readonly cosmos: CosmosWire['counts'];
  readonly broker: SocketWire['counts'];
  readonly door: SocketWire['counts'];
  readonly deadLetters: readonly string[];
  /** What ended without having been killed. */
  readonly deaths: readonly string[];
  readonly seconds: number;
}

/**
 * Runs the whole system under load while its processes are killed and the wires between them fail, waits until it has
 * come to rest, and says what is lost and what is wrong. The seed fixes what is sent and what is done to whom; which of
 * it meets which is up to the processes.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const began = performance.now();
  const { seed, events, kills } = options;
  const random = createDice(seed);
  const deaths: string[] = [];
  let cosmosWire: CosmosWire | undefined;
  let brokerWire: SocketWire | undefined;
  const receiver = await startFlakyReceiver(random, 0);
  const stack = await startStack({
    // Short locks: what a killed worker held comes back soon.
    lockDuration: 'PT3S',
    ...options.stack,
    log: (message) => void deaths.push(message),
    async between(part, address) {
      if (part === 'cosmos') {
        cosmosWire = await startCosmosWire(address, random);
        return cosmosWire.address;
      }
      const port = portOf(address);
      brokerWire = await startSocketWire({
        port,
        random,
        shareOfHeld: SHARE_OF_HELD,
        shareOfLostAnswers: 0,
      });
      return address.replace(`:${String(port)}`, `:${String(brokerWire.port)}`);
    },
  });
  if (cosmosWire === undefined || brokerWire === undefined) throw new TypeError('no wires');
  const wires = { cosmosWire, brokerWire };
  const door = await startSocketWire({
    port: portOf(stack.description.api),
    random,
    shareOfHeld: 0,
    shareOfLostAnswers: SHARE_OF_UNANSWERED,
  });
  const queues = observeQueues(stack.description.serviceBus);
  const end = async (): Promise<void> => {
    await queues.stop();
    await stack.stop();
    await Promise.all([cosmosWire?.stop(), brokerWire?.stop(), door.stop(), receiver.stop()]);
  };

  const run = async (): Promise<ChaosOutcome> => {
    await addReceiver(stack.description, receiver.url);
    const workload = createWorkload(seed, events, Date.now());
    const batchesAKill = workload.batches.length / (kills + 1);
    let begun = 0;
    let ended = 0;
    let acknowledged = 0;
    const killed = { worker: 0, cosmos: 0, serviceBus: 0 };
    const killCount = (): number => killed.worker + killed.cosmos + killed.serviceBus;
    const hasTurn = (): boolean =>
      killCount() >= kills || begun < (killCount() + 1) * batchesAKill + BATCHES_AHEAD;
    const [retries] = await Promise.all([
      sendWorkload({
        description: { ...stack.description, api: `http://127.0.0.1:${String(door.port)}` },
        batches: workload.batches,
        async turn() {
          await until('the next batch may be sent', hasTurn);
          begun += 1;
        },
        onAcknowledged(count) {
          ended += 1;
          acknowledged += count;
        },
      }),
      killProcesses({
        stack,
        kills,
        random,
        ...wires,
        queues,
        due: (at) =>
          until('enough is acknowledged', () => acknowledged >= (at / (kills + 1)) * events),
        isQuiet: () => begun === ended && (!hasTurn() || begun === workload.batches.length),
        onKilled(victim) {
          killed[victim] += 1;
          options.onProgress?.(killCount(), acknowledged);
        },
      }),
    ]);
    for (const wire of [wires.cosmosWire, wires.brokerWire, door]) wire.calm();
    await untilSettled(stack.description, queues, receiver);
    const findings = await checkDevices(stack.description, workload, receiver.heard);
    return {
      ...findings,
      acknowledged,
      retries,
      transitions: new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size,
      kills: killed,
      cosmos: wires.cosmosWire.counts,
      broker: wires.brokerWire.counts,
      door: door.counts,
      deadLetters: await queues.deadLetters(),
      deaths,
      seconds: (performance.now() - began) / 1000,
    };
  };
  const broken = stack.broken.then((what) => {
    throw new Error(what);
  });
  try {
    return await Promise.race([run(), broken]);
  } finally {
    await end();
  }
}

function portOf(address: string): number {
  return Number(/127\.0\.0\.1:(\d+)/.exec(address)?.[1]);
}

/** Somebody who is told of every transition. */
async function addReceiver(
  description: Parameters<typeof untilSettled>[0],
  url: string,
): Promise<void> {
  await until('a receiver is added', async () => {
    const { status } = await new OuterClient(description).request('POST', 'webhookEndpoints', {
      as: 'admin',
      json: { url, displayName: 'Who is told' },
    });
    return status === 201;
  });
}
