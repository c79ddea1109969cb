import { readSecrets } from '../../infra/local/stack/secrets.ts';
import { createMessageMac } from '../../shared/core/devices/messageMac.ts';
import type { MessageMac } from '../../shared/core/ports/queues.ts';

/** The MACs of a queue of the system that stores its secrets in the folder. */
export function stackMac(stateFolder: string, queue = 'device-signals'): MessageMac {
  const key = Buffer.from(readSecrets(stateFolder).messageKey, 'base64');
  return createMessageMac({ keys: [key], queue, now: () => new Date() });
}
