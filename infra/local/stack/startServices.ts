import { join } from 'node:path';
import type { ChildPart } from './childPart.ts';
import { provisionCosmos, provisionStorage } from './provision.ts';
import type { Secrets } from './secrets.ts';
import type { StackProcesses } from './stackProcesses.ts';
import type { SupervisedPart } from './supervisePart.ts';
import { defined } from '../../../shared/base/defined.ts';

/** A service that stores the worker's state. */
export type WiredPart = 'cosmos' | 'serviceBus';

/** The running services of a local system. */
export interface Services {
  readonly storage: ChildPart;
  readonly issuer: ChildPart;
  /** The stand-in for Microsoft Graph, if requested. */
  readonly graph: ChildPart | undefined;
  /** The stand-in for Symantec's event export, if requested. */
  readonly ses: ChildPart | undefined;
  readonly cosmos: ChildPart;
  readonly serviceBus: ChildPart;
  readonly supervised: Readonly<Record<WiredPart, SupervisedPart>>;
}

export interface ServicesOptions {
  readonly folder: string;
  readonly secrets: Secrets;
  readonly audience: string;
  /** The file that describes the system. The issuer deletes it if its parent is killed. */
  readonly stackFile: string;
  readonly withGraph: boolean;
  readonly withSes: boolean;
  /** ISO 8601 duration; absent: as deployed. */
  readonly lockDuration: string | undefined;
}

/** Starts and provisions the services that the worker needs. @throws Error if a part does not become ready. */
export async function startServices(
  processes: StackProcesses,
  options: ServicesOptions,
): Promise<Services> {
  const startCosmos = (port?: string): Promise<ChildPart> =>
    processes.start('cosmos', cosmosSettings(options, port));
  const startBroker = (port?: string): Promise<ChildPart> =>
    processes.start('serviceBus', brokerSettings(options, port));
  const [storage, cosmos, serviceBus, issuer, graph, ses] = await Promise.all([
    startStorage(processes, options),
    startCosmos().then(async (part) => {
      await provisionCosmos(part.address, options.secrets.cosmosKey);
      return part;
    }),
    startBroker(),
    processes.start('issuer', issuerSettings(options)),
    options.withGraph ? processes.start('graph', graphSettings(options)) : undefined,
    options.withSes ? processes.start('ses', sesSettings(options)) : undefined,
  ]);
  for (const part of [storage, issuer, graph, ses]) if (part !== undefined) processes.require(part);
  const supervised = {
    cosmos: processes.supervise(cosmos, { start: startCosmos, isRestarted: false }),
    serviceBus: processes.supervise(serviceBus, { start: startBroker, isRestarted: false }),
  };
  return { storage, issuer, graph, ses, cosmos, serviceBus, supervised };
}

async function startStorage(
  processes: StackProcesses,
  { folder }: ServicesOptions,
): Promise<ChildPart> {
  const part = await processes.start('azurite', { AZURITE_LOCATION: join(folder, 'azurite') });
  await provisionStorage(part.address);
  return part;
}

type Settings = Readonly<Record<string, string>>;

function cosmosSettings({ folder, secrets }: ServicesOptions, port = '0'): Settings {
  return {
    LOCAL_PORT: port,
    COSMOS_FILE: join(folder, 'cosmos.sqlite'),
    COSMOS_KEY: secrets.cosmosKey,
  };
}

function brokerSettings({ folder, lockDuration }: ServicesOptions, port = '0'): Settings {
  return {
    LOCAL_PORT: port,
    SERVICEBUS_FILE: join(folder, 'serviceBus.sqlite'),
    ...defined({ SERVICEBUS_LOCK_DURATION: lockDuration }),
  };
}

function issuerSettings({ folder, secrets, audience, stackFile }: ServicesOptions): Settings {
  return {
    ISSUER_AUDIENCE: audience,
    ISSUER_CLIENTS: JSON.stringify(Object.values(secrets.clients)),
    ISSUER_KEY_FILE: join(folder, 'issuerKeys.json'),
    LOCAL_STACK_FILE: stackFile,
  };
}

function graphSettings({ folder, secrets }: ServicesOptions): Settings {
  return {
    GRAPH_IDENTITY_HEADER: secrets.identityHeader,
    GRAPH_SNAPSHOT_FILE: join(folder, 'graph.json'),
  };
}

function sesSettings({ secrets }: ServicesOptions): Settings {
  return { SES_CREDENTIAL: secrets.sesCredential, SES_LOCAL_KEY: secrets.identityHeader };
}
