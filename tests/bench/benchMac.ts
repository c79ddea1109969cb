import { createMessageMac } from '../../shared/core/devices/messageMac.ts';
import { DEVICE_SIGNALS_QUEUE } from '../../shared/resources.ts';

/** The MACs of the measured messages. */
export const MAC = createMessageMac({
  keys: [Buffer.alloc(32, 1)],
  queue: DEVICE_SIGNALS_QUEUE.name,
  now: () => new Date(),
});
