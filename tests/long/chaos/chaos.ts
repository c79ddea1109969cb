import type { StackOptions } from '../../../infra/local/stack/startStack.ts';
import { createDice } from '../../support/createDice.ts';
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
  /** Called after each kill. */
  readonly onProgress?: (kills: number, acknowledged: number) => void;
}

export interface ChaosOutcome extends Findings {
  readonly acknowledged: number;
  /** How often a request was repeated after an error or no answer. */
  readonly retries: number;
  /** How many were delivered, each counted once. */
  readonly transitions: number;
  readonly kills: Readonly<Record<Victim, number>>;
  readonly cosmos: CosmosWire['counts'];
  readonly broker: SocketWire['counts'];
  readonly door: SocketWire['counts'];
  readonly deadLetters: readonly string[];
  /** Processes that ended without a kill. */
  readonly deaths: readonly string[];
  /** Conditions that did not hold when the wait ended. Lost events show here first. */
  readonly unsettled: readonly string[];
  readonly seconds: number;
}

/**
 * Runs the whole system under load, kills its processes and breaks the wires between them, waits until it has settled,
 * and reports what is lost or wrong. The seed determines the events and the order of the kills, but not what a killed
 * process was doing.
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
  system.failOnceInEachWay();
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
    ...(await checkDevices(stack.description, workload, receiver.received)),
    acknowledged: pace.acknowledged(),
    retries,
    transitions: new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size,
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
