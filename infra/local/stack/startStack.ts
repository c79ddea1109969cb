import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PortTakenError, startChildPart, type ChildPart } from './childPart.ts';
import { freePort } from './freePort.ts';
import { provisionCosmos, provisionStorage } from './provision.ts';
import { readSecrets, readWebhookSecrets, type LocalCaller, type LocalClient } from './secrets.ts';
import { supervisePart } from './supervisePart.ts';
import { takeFolder } from './takeFolder.ts';
import { watchWebhookSecrets } from './watchWebhookSecrets.ts';
import { toWorkerSettings } from './workerSettings.ts';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = { root: PROJECT_ROOT, entryPoints: 'functions/**/*.ts' };
const AUDIENCE = 'api://mobile-threat-defense';
const HOST_GRACE_IN_MILLISECONDS = 3000;
const PART_GRACE_IN_MILLISECONDS = 1500;
const MAX_PORT_TRIES = 20;

/** A service that the worker keeps its state in. */
export type WiredPart = 'cosmos' | 'serviceBus';

export interface StackOptions {
  /** Where data, logs and secrets are kept. */
  readonly stateFolder?: string;
  /** Where the API is wanted; elsewhere where that is taken. Absent: anywhere. */
  readonly apiPort?: number;
  /** Ends a start that is under way; what runs by then is stopped. A started system has `stop`. */
  readonly signal?: AbortSignal;
  /** App settings to add to the usual, or to change. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where an unpacked package lies that is run instead of the sources. */
  readonly packageFolder?: string;
  /** With a Microsoft Graph of its own, from which devices are enrolled and to which Entra's attributes are written. */
  readonly withGraph?: boolean;
  /** Options of Node.js for the process that runs the functions. */
  readonly workerOptions?: readonly string[];
  /** ISO 8601; how long Service Bus waits for a worker that does not answer. */
  readonly lockDuration?: string;
  /** Puts something between the worker and a service: given where that is, says where the worker is to look for it. */
  readonly between?: (part: WiredPart, address: string) => Promise<string>;
  /** By how much the clocks of all parts are ahead of this machine's: for what takes days. */
  readonly clockOffsetInSeconds?: number;
  /** Told what cannot be returned: restarts, and the end of a part. */
  readonly log?: (message: string) => void;
}

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What `.local/stack.json` says; contract D.7. */
export interface StackDescription {
  readonly api: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clients: Readonly<Record<LocalClient, Client>>;
  readonly webhookSecret: string;
  /** What is about to take its place: both are good. */
  readonly nextWebhookSecret?: string;
  readonly callerKeys: Readonly<Record<LocalCaller, string>>;
  readonly cosmos: { readonly endpoint: string; readonly key: string };
  readonly serviceBus: string;
  readonly storage: string;
  /** What stands for Microsoft Graph, and what its `/_local` wants to see; absent where there is none. */
  readonly graph?: { readonly endpoint: string; readonly localKey: string };
}

export interface Stack {
  readonly description: StackDescription;
  /** The process that runs the functions now; another after it was restarted. */
  workerPid(): number;
  /** Kills the worker and resolves when its successor is ready. */
  killWorker(): Promise<void>;
  /** Kills a service and resolves when it runs again where it was, with what it was given. */
  killService(part: WiredPart): Promise<void>;
  /** Drains the worker, then ends the other parts. */
  stop(): Promise<void>;
  /** Resolves when a part has ended that cannot be restarted, with what happened. */
  readonly broken: Promise<string>;
}

/**
 * Starts the whole system on this machine: storage, database, broker, issuer, and the functions on top; each a
 * process of its own on loopback, all of which end with this one.
 * @throws Error where another system runs on the same folder, or a part does not become ready; the reason of `signal`.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = resolve(options.stateFolder ?? join(PROJECT_ROOT, '.local'));
  const log = options.log ?? (() => undefined);
  mkdirSync(join(folder, 'log'), { recursive: true });
  const giveFolderBack = takeFolder(folder);
  const secrets = readSecrets(folder);
  const stackFile = join(folder, 'stack.json');
  const clockOffset = options.clockOffsetInSeconds ?? 0;
  const parts: ChildPart[] = [];
  const broken = Promise.withResolvers<string>();
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, ...(options.signal ? [options.signal] : [])]);
  let isStopping = false;
  let stopWatching: (() => void) | undefined;

  const start = async (
    name: string,
    environment: Record<string, string>,
    nodeOptions: readonly string[] = [],
  ): Promise<ChildPart> => {
    const part = await startChildPart({
      name,
      entry: join(PROJECT_ROOT, 'infra/local', name, 'main.ts'),
      environment: { ...environment, LOCAL_CLOCK_OFFSET_IN_SECONDS: String(clockOffset) },
      logFile: join(folder, 'log', `${name}.log`),
      signal,
      nodeOptions: [
        ...nodeOptions,
        ...(clockOffset === 0 ? [] : ['--import', join(import.meta.dirname, 'shiftedClock.ts')]),
      ],
    });
    parts.push(part);
    part.process.once('exit', () => parts.splice(parts.indexOf(part), 1));
    return part;
  };

  const end = async (): Promise<void> => {
    isStopping = true;
    stopWatching?.();
    // What is not ready yet has nothing to finish.
    ending.abort();
    rmSync(stackFile, { force: true });
    const worker = parts.findLast(({ name }) => name === 'functionsHost');
    await worker?.stop(HOST_GRACE_IN_MILLISECONDS);
    await Promise.all(parts.map((part) => part.stop(PART_GRACE_IN_MILLISECONDS)));
    giveFolderBack();
  };

  try {
    const startCosmos = (port = '0'): Promise<ChildPart> =>
      start('cosmos', {
        LOCAL_PORT: port,
        COSMOS_FILE: join(folder, 'cosmos.sqlite'),
        COSMOS_KEY: secrets.cosmosKey,
      });
    const startBroker = (port = '0'): Promise<ChildPart> =>
      start('serviceBus', {
        LOCAL_PORT: port,
        SERVICEBUS_FILE: join(folder, 'serviceBus.sqlite'),
        ...(options.lockDuration === undefined
          ? {}
          : { SERVICEBUS_LOCK_DURATION: options.lockDuration }),
      });
    const [azurite, cosmos, broker, issuer, graph] = await Promise.all([
      start('azurite', { AZURITE_LOCATION: join(folder, 'azurite') }).then(async (part) => {
        await provisionStorage(part.address);
        return part;
      }),
      startCosmos().then(async (part) => {
        await provisionCosmos(part.address, secrets.cosmosKey);
        return part;
      }),
      startBroker(),
      start('issuer', {
        ISSUER_AUDIENCE: AUDIENCE,
        ISSUER_CLIENTS: JSON.stringify(Object.values(secrets.clients)),
        ISSUER_KEY_FILE: join(folder, 'issuerKeys.json'),
        LOCAL_STACK_FILE: stackFile,
      }),
      options.withGraph === true
        ? start('graph', {
            GRAPH_IDENTITY_HEADER: secrets.identityHeader,
            GRAPH_SNAPSHOT_FILE: join(folder, 'graph.json'),
          })
        : undefined,
    ]);
    const onFailure = broken.resolve;
    for (const part of [azurite, issuer, ...(graph === undefined ? [] : [graph])]) {
      part.process.once('exit', (code, signal) => {
        if (!isStopping) onFailure(`${part.name} ended with ${String(code ?? signal)}`);
      });
    }
    const supervision = { isRestarted: false, isStopping: () => isStopping, log, onFailure };
    const services = {
      cosmos: supervisePart(cosmos, { ...supervision, start: startCosmos }),
      serviceBus: supervisePart(broker, { ...supervision, start: startBroker }),
    };
    const between = options.between ?? ((_, address) => Promise.resolve(address));
    const addresses = {
      storage: azurite.address,
      serviceBus: await between('serviceBus', broker.address),
      cosmos: await between('cosmos', cosmos.address),
      issuer: issuer.address,
      graph: graph?.address,
    };
    const startWorker = (port: string): Promise<ChildPart> =>
      start(
        'functionsHost',
        {
          ...toWorkerSettings({
            port,
            app: options.packageFolder === undefined ? SOURCES : readPackage(options.packageFolder),
            audience: AUDIENCE,
            secrets,
            webhookSecrets: readWebhookSecrets(folder),
            addresses,
          }),
          ...options.settings,
        },
        [
          '--import',
          join(PROJECT_ROOT, 'infra/local/serviceBus/noDelay.ts'),
          ...(options.workerOptions ?? []),
        ],
      );
    const first = await startOnFreePort(startWorker, options.apiPort);
    const withoutRoles = ({ clientId, clientSecret }: Client): Client => ({
      clientId,
      clientSecret,
    });
    const describe = (): StackDescription => ({
      api: first.address,
      issuer: issuer.address,
      audience: AUDIENCE,
      clients: {
        caller: withoutRoles(secrets.clients.caller),
        admin: withoutRoles(secrets.clients.admin),
        sepMobile: withoutRoles(secrets.clients.sepMobile),
        receiver: withoutRoles(secrets.clients.receiver),
      },
      ...readWebhookSecrets(folder),
      callerKeys: secrets.callerKeys,
      cosmos: { endpoint: cosmos.address, key: secrets.cosmosKey },
      serviceBus: broker.address,
      storage: azurite.address,
      ...(graph === undefined
        ? {}
        : { graph: { endpoint: graph.address, localKey: secrets.identityHeader } }),
    });
    const tellWhereItIs = (): void => writeWhole(stackFile, JSON.stringify(describe(), null, 2));
    const worker = supervisePart(first, {
      ...supervision,
      start: startWorker,
      isRestarted: true,
      onRestarted: tellWhereItIs,
    });
    tellWhereItIs();
    stopWatching = watchWebhookSecrets(
      folder,
      () => void worker.current().stop(HOST_GRACE_IN_MILLISECONDS),
    );
    let stopped: Promise<void> | undefined;
    return {
      get description() {
        return describe();
      },
      workerPid: () => worker.current().pid,
      killWorker: () => worker.kill(),
      killService: (part) => services[part].kill(),
      stop: () => (stopped ??= end()),
      broken: broken.promise,
    };
  } catch (error) {
    await end();
    options.signal?.throwIfAborted();
    throw error;
  }
}

/** @throws Error where the folder holds no package. */
function readPackage(folder: string): typeof SOURCES {
  const root = resolve(folder);
  const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly main: string;
  };
  return { root, entryPoints: main };
}

type StartWorker = (port: string) => Promise<ChildPart>;

/** On the port that is wanted, or on any: another may take it between the look and the start. */
async function startOnFreePort(startWorker: StartWorker, wanted = 0): Promise<ChildPart> {
  for (let attempt = 1; ; attempt += 1) {
    const port = String(await freePort(attempt === 1 ? wanted : 0));
    try {
      return await startWorker(port);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === MAX_PORT_TRIES) throw error;
    }
  }
}

/** A reader sees the old file or the new one, never half of it. */
function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
