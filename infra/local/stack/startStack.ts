import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT_ROOT } from '../../node/projectRoot.ts';
import type { ChildPart } from './childPart.ts';
import {
  readLocalCallerKeys,
  readLocalSourceSecrets,
  readSecrets,
  readWebhookSecrets,
  type EventSourceSecrets,
  type LocalCaller,
  type LocalClient,
  type Secrets,
} from './secrets.ts';
import { WORKER_GRACE_IN_MILLISECONDS } from './stackProcesses.ts';
import { startInFolder, type SystemInFolder } from './startInFolder.ts';
import { startOnFreePort } from './startOnFreePort.ts';
import {
  startServices,
  type Services,
  type ServicesOptions,
  type WiredPart,
} from './startServices.ts';
import { watchRotatedSecrets } from './watchRotatedSecrets.ts';
import { toWorkerSettings, type WorkerEnvironment } from './workerSettings.ts';

const SOURCES = { root: PROJECT_ROOT, entryPoints: 'functions/**/*.ts' };
const AUDIENCE = 'api://mobile-threat-defense';

export interface StackOptions {
  /** The folder for data, logs and secrets; default: `.local` of this project. */
  readonly stateFolder?: string;
  /** The wanted port of the API; if it is taken or absent, the API gets a free port. */
  readonly apiPort?: number;
  /** Cancels a start in progress and stops the parts already running. A started system has `stop`. */
  readonly signal?: AbortSignal;
  /** App settings that add to or replace the default ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The folder of an unpacked package to run instead of the sources. */
  readonly packageFolder?: string;
  /** Also runs a stand-in for Microsoft Graph, to enrol devices from Intune and to write Entra's attributes. */
  readonly withGraph?: boolean;
  /** Also runs a stand-in for the event export of Symantec Endpoint Security, with the stream of its `main.ts`. */
  readonly withSes?: boolean;
  /** Options of Node.js for the worker, the process that runs the functions. */
  readonly workerOptions?: readonly string[];
  /** ISO 8601 duration of Service Bus locks, after which a message of a dead worker is delivered again. */
  readonly lockDuration?: string;
  /** Puts a proxy between the worker and a service: gets the service's address, returns the proxy's. */
  readonly between?: (part: WiredPart, address: string) => Promise<string>;
  /** How far the clocks of all parts are ahead of this machine's, to simulate days. */
  readonly clockOffsetInSeconds?: number;
  /** Receives restarts of parts and failures. */
  readonly log?: (message: string) => void;
}

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The content of `stack.json` in the state folder: the addresses and keys of a running system. */
export interface StackDescription {
  readonly api: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clients: Readonly<Record<LocalClient, Client>>;
  readonly webhookSecret: string;
  /** The next webhook secret during a rotation; both are valid. */
  readonly nextWebhookSecret?: string;
  readonly callerKeys: Readonly<Record<LocalCaller, string>>;
  readonly eventSourceSecrets: EventSourceSecrets;
  readonly cosmos: { readonly endpoint: string; readonly key: string };
  readonly serviceBus: string;
  readonly storage: string;
  /** The stand-in for Microsoft Graph, with the key for its `/_local`; absent if it was not requested. */
  readonly graph?: { readonly endpoint: string; readonly localKey: string };
  /** The stand-in for Symantec's event export, with its credential and the key for its `/_local`. */
  readonly ses?: {
    readonly endpoint: string;
    readonly credential: string;
    readonly localKey: string;
  };
}

export interface Stack {
  readonly description: StackDescription;
  /** The process id of the worker, which changes with each restart. */
  workerPid(): number;
  /** Kills the worker and resolves when its successor is ready. */
  killWorker(): Promise<void>;
  /** Kills a service and resolves when it runs again at its address, with its data. */
  killService(part: WiredPart): Promise<void>;
  /** Lets the worker finish its work, then stops the other parts. */
  stop(): Promise<void>;
  /** Resolves with the reason when a part that cannot be restarted has ended. */
  readonly broken: Promise<string>;
}

/** A system that is starting or running. */
interface StackState extends SystemInFolder {
  readonly options: StackOptions;
  readonly secrets: Secrets;
}

/**
 * Starts the whole system on this machine: storage, database, broker, issuer and the functions. Each part is a process
 * on loopback, and all of them end with this one.
 * @throws Error if another system uses the folder, or if a part does not become ready; the reason of `signal`.
 */
export function startStack(options: StackOptions = {}): Promise<Stack> {
  const { stateFolder = join(PROJECT_ROOT, '.local'), clockOffsetInSeconds, signal, log } = options;
  return startInFolder({ stateFolder, clockOffsetInSeconds, signal, log }, (system) =>
    startParts({ ...system, options, secrets: readSecrets(system.folder) }),
  );
}

async function startParts(state: StackState): Promise<Stack> {
  const { options, folder, stackFile, processes, end } = state;
  const services = await startServices(processes, toServicesOptions(state));
  const startWorker = await prepareWorker(state, services);
  const firstWorker = await startOnFreePort(startWorker, options.apiPort);
  const describe = (): StackDescription => toDescription(state, services, firstWorker.address);
  const writeDescription = (): void =>
    writeAtomically(stackFile, JSON.stringify(describe(), null, 2));
  const worker = processes.supervise(firstWorker, {
    start: startWorker,
    isRestarted: true,
    onRestarted: writeDescription,
  });
  writeDescription();
  // The worker reads its secrets at its start.
  const unwatch = watchRotatedSecrets(folder, () => {
    worker.replace('the worker restarts with the new secrets', WORKER_GRACE_IN_MILLISECONDS);
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    unwatch();
    return end();
  };
  return {
    get description() {
      return describe();
    },
    workerPid: () => worker.current().pid,
    killWorker: () => worker.kill(),
    killService: (part) => services.supervised[part].kill(),
    stop: () => (stopped ??= stop()),
    broken: processes.broken,
  };
}

function toServicesOptions({
  options: { withGraph = false, withSes = false, lockDuration },
  folder,
  stackFile,
  secrets,
}: StackState): ServicesOptions {
  return { folder, secrets, audience: AUDIENCE, stackFile, withGraph, withSes, lockDuration };
}

type StartWorker = (port: string) => Promise<ChildPart>;

/** Returns the function that starts the worker on a port, with the rotating secrets of that time. */
async function prepareWorker(state: StackState, services: Services): Promise<StartWorker> {
  const { options, folder, secrets, processes } = state;
  const app =
    options.packageFolder === undefined ? SOURCES : readPackage(resolve(options.packageFolder));
  const addresses = await toAddresses(options, services);
  const noDelay = join(import.meta.dirname, '../serviceBus/noDelay.ts');
  const nodeOptions = ['--import', noDelay, ...(options.workerOptions ?? [])];
  return (port) => {
    const webhookSecrets = readWebhookSecrets(folder);
    const current = {
      ...secrets,
      callerKeys: readLocalCallerKeys(folder),
      eventSourceSecrets: readLocalSourceSecrets(folder),
    };
    const shared = { port, app, audience: AUDIENCE, addresses };
    const environment = { ...shared, secrets: current, webhookSecrets };
    const settings = { ...toWorkerSettings(environment), ...options.settings };
    return processes.start('functionsHost', settings, nodeOptions);
  };
}

async function toAddresses(
  { between = (_, address) => Promise.resolve(address) }: StackOptions,
  { storage, issuer, graph, cosmos, serviceBus }: Services,
): Promise<WorkerEnvironment['addresses']> {
  return {
    storage: storage.address,
    serviceBus: await between('serviceBus', serviceBus.address),
    cosmos: await between('cosmos', cosmos.address),
    issuer: issuer.address,
    graph: graph?.address,
  };
}

/** @throws Error if the folder contains no package. */
function readPackage(root: string): typeof SOURCES {
  const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly main: string;
  };
  return { root, entryPoints: main };
}

function toDescription(
  { folder, secrets }: StackState,
  { storage, issuer, graph, ses, cosmos, serviceBus }: Services,
  api: string,
): StackDescription {
  const { clients, cosmosKey, identityHeader, sesCredential } = secrets;
  return {
    api,
    issuer: issuer.address,
    audience: AUDIENCE,
    clients: {
      caller: withoutRoles(clients.caller),
      admin: withoutRoles(clients.admin),
      sepMobile: withoutRoles(clients.sepMobile),
      receiver: withoutRoles(clients.receiver),
    },
    ...readWebhookSecrets(folder),
    callerKeys: readLocalCallerKeys(folder),
    eventSourceSecrets: readLocalSourceSecrets(folder),
    cosmos: { endpoint: cosmos.address, key: cosmosKey },
    serviceBus: serviceBus.address,
    storage: storage.address,
    ...(graph === undefined
      ? {}
      : { graph: { endpoint: graph.address, localKey: identityHeader } }),
    ...(ses === undefined
      ? {}
      : {
          ses: { endpoint: ses.address, credential: sesCredential, localKey: identityHeader },
        }),
  };
}

function withoutRoles({ clientId, clientSecret }: Client): Client {
  return { clientId, clientSecret };
}

/** Replaces a file as a whole, so readers never see a partial one. */
function writeAtomically(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
