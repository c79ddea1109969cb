import { CosmosClient } from '@azure/cosmos';
import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import type { StackDescription } from '../../../infra/local/stack/startStack.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../../shared/resources.ts';
import type { FlakyReceiver } from '../../support/flakyReceiver.ts';
import type { QueueObserver } from '../../support/queueObserver.ts';
import { until } from './until.ts';

/**
 * Resolves when every accepted event is processed, every transition is delivered, and the system is ready.
 * @throws Error naming what did not happen.
 */
export async function untilSettled(
  description: StackDescription,
  queues: QueueObserver,
  receiver: FlakyReceiver,
): Promise<void> {
  const { endpoint, key } = description.cosmos;
  const cosmos = new CosmosClient({
    endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  const { items } = cosmos.database(DATABASE_NAME).container(DEVICES_CONTAINER.id);
  /** The announcements of all devices, and those still waiting in outboxes. */
  const countTransitions = async (): Promise<{
    readonly all: number;
    readonly waiting: number;
  }> => {
    const { resources } = await items
      .query<{ readonly count: number; readonly waiting: number }>(
        'SELECT c.record.transitionCount AS count, ARRAY_LENGTH(c.record.outbox) AS waiting FROM c WHERE c.isManaged = true',
      )
      .fetchAll();
    return {
      all: resources.reduce((sum, { count }) => sum + count, 0),
      waiting: resources.reduce((sum, { waiting }) => sum + waiting, 0),
    };
  };
  try {
    await until('the queues are empty', () => queues.isEmpty());
    await until('every transition is delivered', async () => {
      const delivered = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
      const { all, waiting } = await countTransitions();
      return delivered.size >= all && waiting === 0 && (await queues.isEmpty());
    });
    await until('the system is ready', async () => {
      const { status } = await new OuterClient(description).request('GET', 'health/ready');
      return status === 200;
    });
  } finally {
    cosmos.dispose();
  }
}
