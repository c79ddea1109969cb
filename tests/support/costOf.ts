import { eventually } from './eventually.ts';
import type { DeviceRequests, OwnStack } from './ownStack.ts';
import { observeQueues } from './queueObserver.ts';

/** Settings under which nothing but what a test does reaches the database. */
export const WITHOUT_TIMERS = {
  ENROLMENT_SYNC_SCHEDULE: '0 0 0 29 2 *',
  HEARTBEAT_SWEEP_SCHEDULE: '0 0 0 29 2 *',
  PUBLICATION_RETRY_SCHEDULE: '0 0 0 29 2 *',
  REEVALUATION_SCHEDULE: '0 0 0 29 2 *',
};

/** Resolves once what was sent before is worked off. */
export async function untilWorkedOff({ stack }: OwnStack): Promise<void> {
  const queues = observeQueues(stack.description.serviceBus);
  await eventually(() => queues.isEmpty(), Boolean);
  await queues.stop();
}

/** The requests to the `devices` container that `act` makes. Nothing else may be at work: see `WITHOUT_TIMERS`. */
export async function costOf(own: OwnStack, act: () => Promise<unknown>): Promise<DeviceRequests> {
  await untilWorkedOff(own);
  const before = await own.deviceRequests();
  await act();
  const after = await own.deviceRequests();
  const made = Object.entries(after).map(([name, count]): [string, number] => [
    name,
    count - (before[name] ?? 0),
  ]);
  return Object.fromEntries(made.filter(([, count]) => count !== 0));
}
