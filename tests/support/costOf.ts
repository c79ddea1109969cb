import { eventually } from './eventually.ts';
import type { DeviceRequests, TestStack } from './testStack.ts';
import { observeQueues } from './queueObserver.ts';

/** Resolves once what was sent before is worked off. */
export async function untilWorkedOff({ stack }: TestStack): Promise<void> {
  const queues = observeQueues(stack.description.serviceBus);
  // A question that is not answered in time is asked again.
  await eventually(() => queues.isEmpty().catch(() => false), Boolean);
  await queues.stop();
}

/** The requests to the `devices` container that `act` makes. Nothing else may be at work, no timer either. */
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
