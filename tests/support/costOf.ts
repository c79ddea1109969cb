import { eventually } from './eventually.ts';
import type { DeviceRequests, TestStack } from './testStack.ts';
import { observeQueues } from './queueObserver.ts';

/** Resolves when the queues are empty. */
export async function untilWorkedOff({ stack }: TestStack): Promise<void> {
  const queues = observeQueues(stack.description.serviceBus);
  // A peek that times out is repeated.
  await eventually(() => queues.isEmpty().catch(() => false), Boolean);
  await queues.stop();
}

/** The requests to the `devices` container that `act` causes. Nothing else may run meanwhile, so use a quiet system. */
export async function costOf(
  system: TestStack,
  act: () => Promise<unknown>,
): Promise<DeviceRequests> {
  await untilWorkedOff(system);
  const before = await system.deviceRequests();
  await act();
  const after = await system.deviceRequests();
  const made = Object.entries(after).map(([name, count]): [string, number] => [
    name,
    count - (before[name] ?? 0),
  ]);
  return Object.fromEntries(made.filter(([, count]) => count !== 0));
}
