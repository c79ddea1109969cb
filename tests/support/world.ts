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
import { DATABASE_NAME, DEVICE_SIGNALS_QUEUE, QUEUES } from '../../shared/resources.ts';
import {
  recomputeBatch,
  type RecomputeBatchDependencies,
} from '../../shared/core/devices/recomputeBatch.ts';
import type { ComplianceState } from '../../shared/domain/compliance/complianceState.ts';
import type { DeviceSignal, Signal } from '../../shared/domain/vocabulary/signal.ts';
import { createMessageMac } from '../../shared/core/devices/messageMac.ts';
import { packSignals } from '../../shared/core/devices/packSignals.ts';
import { evaluateDevice } from '../../shared/core/decisions/readDevice.ts';
import { NOW } from './signals.ts';

export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const MESSAGE_KEY = Buffer.alloc(32, 3);
const COSMOS_KEY = Buffer.alloc(64, 2).toString('base64');

/** A signal as a worker sends it again, after this number of failed attempts. */
export function queuedMessage(signal: Signal, attempt = 0): object {
  return MAC.sign({ attempt, signal });
}

/** The messages in which the system sends these signals. */
export function packedMessages(signals: readonly Signal[]): readonly unknown[] {
  return packSignals(signals, MAC.macOf).map(({ text }) => JSON.parse(text) as unknown);
}

/** The MACs of the `device-signals` queue of every world. */
export const MAC = createMessageMac({
  keys: [MESSAGE_KEY],
  queue: DEVICE_SIGNALS_QUEUE.name,
  now: () => new Date(NOW),
});

/** The real adapters, connected to in-process servers that tests can make fail. */
export interface World {
  readonly cosmos: CosmosServer;
  readonly broker: ServiceBusBroker;
  readonly database: Database;
  readonly services: Services;
  /** The dependencies that the functions pass to the core. */
  readonly dependencies: RecomputeBatchDependencies & { readonly devices: Services['devices'] };
  readonly logged: string[];
  /** Creates another worker on the same database and broker. */
  anotherWorker(): Services;
  /** Peeks at the dead letters that arrived since the last call. */
  deadLetters(): Promise<ServiceBusReceivedMessage[]>;
  /** Recomputes signals as one batch, at `NOW` by default. */
  recompute(signals: readonly DeviceSignal[], now?: string): Promise<void>;
  /** The stored compliance state of a device. */
  stateOf(deviceId: string): Promise<ComplianceState | undefined>;
  /** The compliance state that a decision at `now` is based on. */
  answerFor(deviceId: string, now: string): Promise<ComplianceState>;
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
    MESSAGE_KEYS: MESSAGE_KEY.toString('base64'),
    TOKEN_ISSUER: 'http://127.0.0.1:1',
    TOKEN_AUDIENCE: 'api://test',
    SEP_MOBILE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    CONFIGURATION_CACHE_IN_SECONDS: '0',
    ...settings,
  });
  const workers: Services[] = [];
  const startWorker = (): Services => {
    const services = createServices(config);
    workers.push(services);
    return services;
  };
  const services = startWorker();
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
  const dependencies = {
    ...services,
    announcements: services.queues,
    retry: services.queues.signalRetry,
    log,
  };
  return {
    cosmos,
    broker,
    database: client.database(DATABASE_NAME),
    services,
    dependencies,
    logged,
    anotherWorker: startWorker,
    deadLetters: () =>
      observer.createReceiver('device-signals', { subQueueType: 'deadLetter' }).peekMessages(100),
    recompute: (signals, now = NOW) =>
      recomputeBatch(
        dependencies,
        signals.map((signal) => queuedMessage(signal)),
        now,
      ),
    stateOf: async (deviceId) =>
      (await services.devices.load(deviceId))?.record.evaluation?.complianceState,
    async answerFor(deviceId, now) {
      const configuration = await services.configuration.load();
      const evaluation = await evaluateDevice(services.devices, deviceId, configuration, now);
      return evaluation.complianceState;
    },
    async stop() {
      await observer.close();
      await Promise.all(workers.map((each) => each.close()));
      client.dispose();
      await Promise.all([cosmos.stop(), broker.stop()]);
    },
  };
}
