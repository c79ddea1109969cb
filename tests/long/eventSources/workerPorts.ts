import { createOutgoingClient } from '../../../shared/adapters/outgoingClient.ts';
import { toBlockList } from '../../../shared/base/network/allowedAddress.ts';
import type { PullSourcesDependencies } from '../../../shared/core/eventSources/pull/pullSources.ts';
import type { EventSource } from '../../../shared/domain/vocabulary/eventSource.ts';
import { sampleConfiguration } from '../../support/sampleConfiguration.ts';

export const CREDENTIAL = 'credential-of-a-client-application';

type Stores = Pick<PullSourcesDependencies, 'sourceProgress' | 'signals'>;

/** The ports of a puller of one source: its network is real, and it does not wait. Every phone is enrolled. */
export function createWorkerPorts(
  source: EventSource,
  stores: Stores,
  now: () => Date,
): PullSourcesDependencies {
  const networks = toBlockList(['127.0.0.1/32']);
  return {
    ...stores,
    configuration: { load: () => Promise.resolve(sampleConfiguration({ eventSources: [source] })) },
    config: { eventSourceSecrets: new Map([[source.id, [CREDENTIAL]]]) },
    outgoing: createOutgoingClient({ allowedNetworks: networks }),
    openSourceBlobs: () => {
      throw new TypeError('no source here has blobs');
    },
    eventDevices: {
      find: (identifiers) =>
        Promise.resolve(identifiers.slice(0, 1).map(({ value }) => `phone-${value}`)),
    },
    unmatched: {
      keep: () => Promise.reject(new TypeError('every phone is enrolled')),
      find: () => Promise.resolve([]),
      remove: () => Promise.resolve(),
      list: () => Promise.resolve({ items: [] }),
    },
    log: { warn: (message) => console.error(message), error: (message) => console.error(message) },
    now,
    random: () => 0.5,
    pause: () => Promise.resolve(),
  };
}
