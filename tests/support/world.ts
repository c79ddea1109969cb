import { CosmosClient, type Database } from '@azure/cosmos';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import {
  startCosmosServer,
  type CosmosServer,
} from '../../infra/local/cosmos/startCosmosServer.ts';
import {
  startServiceBusBroker,
  type ServiceBusBroker,
} from '../../infra/local/serviceBus/startServiceBusBroker.ts';
import { provisionCosmos } from '../../infra/local/stack/provision.ts';
import { createServices } from '../../shared/compose.ts';
import type { Services } from '../../shared/core/services.ts';
import { readConfig } from '../../shared/settings/config.ts';
import { DATABASE_NAME, QUEUES } from '../../shared/resources.ts';
import type { RecomputeBatchDependencies } from '../../shared/core/devices/recomputeBatch.ts';

export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const COSMOS_KEY = Buffer.alloc(64, 2).toString('base64');

/** The real adapters over the real wire, with the servers in this process so that they can be made to fail. */
export interface World {
  readonly cosmos: CosmosServer;
  readonly broker: ServiceBusBroker;
  readonly database: Database;
  readonly services: Services;
  /** What the functions pass to the core. */
  readonly dependencies: RecomputeBatchDependencies & { readonly devices: Services['devices'] };
  readonly logged: string[];
  /** Another worker on the same database and broker. */
  anotherWorker(): Services;
  /** What has come into the dead-letter queue since it was last asked, without taking it. */
  deadLetters(): Promise<ServiceBusReceivedMessage[]>;
  stop(): Promise<void>;
}

export async function startWorld(settings: Readonly<Record<string, string>> = {}): Promise<World> {
  const cosmos = await startCosmosServer({ file: ':memory:', key: COSMOS_KEY });
  const broker = await startServiceBusBroker({ queues: QUEUES });
  await provisionCosmos(cosmos.address, COSMOS_KEY);
  const config = readConfig({
    CosmosDbConnection: `AccountEndpoint=${cosmos.address};AccountKey=${COSMOS_KEY};`,
    ServiceBusConnection: broker.address,
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    TOKEN_ISSUER: 'http://127.0.0.1:1',
    TOKEN_AUDIENCE: 'api://test',
    SEP_MOBILE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    CONFIGURATION_CACHE_IN_SECONDS: '0',
    ...settings,
  });
  const workers: Services[] = [];
  const work = (): Services => {
    const services = createServices(config);
    workers.push(services);
    return services;
  };
  const services = work();
  const client = new CosmosClient({
    endpoint: cosmos.address,
    key: COSMOS_KEY,
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  const observer = new ServiceBusClient(broker.address);
  const logged: string[] = [];
  const log = {
    warn: (message: string) => void logged.push(message),
    error: (message: string) => void logged.push(message),
  };
  return {
    cosmos,
    broker,
    database: client.database(DATABASE_NAME),
    services,
    dependencies: {
      ...services,
      announcements: services.queues,
      retry: services.queues.signalRetry,
      log,
    },
    logged,
    anotherWorker: work,
    deadLetters: () =>
      observer.createReceiver('device-signals', { subQueueType: 'deadLetter' }).peekMessages(100),
    async stop() {
      await observer.close();
      await Promise.all(workers.map((each) => each.close()));
      client.dispose();
      await Promise.all([cosmos.stop(), broker.stop()]);
    },
  };
}
