import type { StackOptions } from '../../../infra/local/stack/startStack.ts';
import { createDice } from '../../support/dice.ts';
import { checkDevices, type Findings } from './checkDevices.ts';
import { createPace } from './createPace.ts';
import { killProcesses, type Victim } from './killProcesses.ts';
import { sendWorkload } from './sendWorkload.ts';
import type { CosmosWire } from './startCosmosWire.ts';
import type { SocketWire } from './startSocketWire.ts';
import { startWiredSystem, type WiredSystem } from './startWiredSystem.ts';
import { untilSettled } from './untilSettled.ts';
import { createWorkload } from './workload.ts';

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
  /** How often nothing came back, or a refusal, and it was sent again. */
  readonly retries: number;
  /** How many were told, each counted once. */
  readonly transitions: number;
  readonly kills: Readonly<Record<Victim, number>>;
  readonly cosmos: CosmosWire['counts'];
  readonly broker: SocketWire['counts'];
  readonly door: SocketWire['counts'];
  readonly deadLetters: readonly string[];
  /** What ended without having been killed. */
  readonly deaths: readonly string[];
  /** What it was still waiting for when patience ended; what is lost shows here first. */
  readonly unsettled: readonly string[];
  readonly seconds: number;
}

/**
 * Runs the whole system under load while its processes are killed and the wires between them fail, waits until it has
 * come to rest, and says what is lost and what is wrong. The seed fixes what is sent and who is killed in which order;
 * what each of them was about to do is up to the processes.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const system = await startWiredSystem(options.seed, options.stack);
  const broken = system.stack.broken.then((what) => {
    throw new Error(what);
  });
  try {
    return await Promise.race([run(system, options), broken]);
  } finally {
    await system.stop();
  }
}

async function run(
  system: WiredSystem,
  { seed, events, kills, onProgress }: ChaosOptions,
): Promise<ChaosOutcome> {
  const began = performance.now();
  const { stack, queues, receiver, cosmosWire, brokerWire, door, deaths } = system;
  const workload = createWorkload(seed, events, Date.now());
  const pace = createPace(events, kills);
  const killed: Victim[] = [];
  const [retries] = await Promise.all([
    sendWorkload(system.outside, workload.batches, pace),
    killProcesses(system, pace, kills, createDice(seed), (victim) => {
      killed.push(victim);
      onProgress?.(killed.length, pace.acknowledged());
    }),
  ]);
  system.calm();
  const unsettled: string[] = [];
  await untilSettled(stack.description, queues, receiver).catch((error: unknown) => {
    unsettled.push(
      error instanceof Error ? `${error.message} (${String(error.cause)})` : String(error),
    );
  });
  const countOf = (victim: Victim): number => killed.filter((each) => each === victim).length;
  return {
    ...(await checkDevices(stack.description, workload, receiver.heard)),
    acknowledged: pace.acknowledged(),
    retries,
    transitions: new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size,
    kills: {
      worker: countOf('worker'),
      cosmos: countOf('cosmos'),
      serviceBus: countOf('serviceBus'),
    },
    cosmos: cosmosWire.counts,
    broker: brokerWire.counts,
    door: door.counts,
    deadLetters: await queues.deadLetters(),
    deaths,
    unsettled,
    seconds: (performance.now() - began) / 1000,
  };
}
