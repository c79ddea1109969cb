import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PortTakenError, startChildPart, type ChildPart } from './childPart.ts';
import { freePort } from './freePort.ts';
import { provisionCosmos, provisionStorage } from './provision.ts';
import { readSecrets, readWebhookSecrets, type LocalCaller, type LocalClient } from './secrets.ts';
import { takeFolder } from './takeFolder.ts';
import { watchWebhookSecrets } from './watchWebhookSecrets.ts';
import { toWorkerSettings } from './workerSettings.ts';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = { root: PROJECT_ROOT, entryPoints: 'functions/*.ts' };
const AUDIENCE = 'api://mobile-threat-defense';
const HOST_GRACE_IN_MILLISECONDS = 3000;
const PART_GRACE_IN_MILLISECONDS = 1500;
const QUICK_DEATH_IN_MILLISECONDS = 2000;
const MAX_RESTART_DELAY_IN_MILLISECONDS = 5000;
const MAX_PORT_TRIES = 20;
const PORT_RETRY_IN_MILLISECONDS = 200;

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
    const cosmosFile = join(folder, 'cosmos.sqlite');
    const [azurite, cosmos, broker, issuer, graph] = await Promise.all([
      start('azurite', { AZURITE_LOCATION: join(folder, 'azurite') }).then(async (part) => {
        await provisionStorage(part.address);
        return part;
      }),
      start('cosmos', { COSMOS_FILE: cosmosFile, COSMOS_KEY: secrets.cosmosKey }).then(
        async (part) => {
          await provisionCosmos(part.address, secrets.cosmosKey);
          return part;
        },
      ),
      start('serviceBus', {
        SERVICEBUS_SNAPSHOT_FILE: join(folder, 'serviceBus.json'),
        ...(options.lockDuration === undefined
          ? {}
          : { SERVICEBUS_LOCK_DURATION: options.lockDuration }),
      }),
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
    const lasting = [azurite, cosmos, broker, issuer, ...(graph === undefined ? [] : [graph])];
    for (const part of lasting) {
      part.process.once('exit', (code, signal) => {
        if (!isStopping) broken.resolve(`${part.name} ended with ${String(code ?? signal)}`);
      });
    }
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
            addresses: {
              storage: azurite.address,
              serviceBus: broker.address,
              cosmos: cosmos.address,
              issuer: issuer.address,
              graph: graph?.address,
            },
          }),
          ...options.settings,
        },
        [
          '--import',
          join(PROJECT_ROOT, 'infra/local/serviceBus/noDelay.ts'),
          ...(options.workerOptions ?? []),
        ],
      );
    let worker = await startOnFreePort(startWorker, options.apiPort);
    const { port } = new URL(worker.address);
    let restarted = Promise.withResolvers<undefined>();

    const supervise = (part: ChildPart, startedAt: number, delay: number): void => {
      part.process.once('exit', (code, signal) => {
        if (isStopping) return;
        parts.splice(parts.indexOf(part), 1);
        log(`the worker ended with ${String(code ?? signal)} and is started again`);
        const isQuick = performance.now() - startedAt < QUICK_DEATH_IN_MILLISECONDS;
        const next = isQuick ? Math.min(MAX_RESTART_DELAY_IN_MILLISECONDS, delay * 2) : 100;
        pause(isQuick ? delay : 0)
          .then(() => startAgain(startWorker, port))
          .then((successor) => {
            worker = successor;
            tellWhereItIs();
            supervise(successor, performance.now(), next);
            const { resolve: tell } = restarted;
            restarted = Promise.withResolvers<undefined>();
            tell(undefined);
          })
          .catch((error: unknown) => {
            if (!isStopping) broken.resolve(String(error));
          });
      });
    };
    const withoutRoles = ({ clientId, clientSecret }: Client): Client => ({
      clientId,
      clientSecret,
    });
    const describe = (): StackDescription => ({
      api: worker.address,
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
    supervise(worker, performance.now(), 100);
    tellWhereItIs();
    stopWatching = watchWebhookSecrets(folder, () => void worker.stop(HOST_GRACE_IN_MILLISECONDS));
    let stopped: Promise<void> | undefined;
    return {
      get description() {
        return describe();
      },
      workerPid: () => worker.pid,
      async killWorker() {
        const successor = restarted.promise;
        process.kill(worker.pid, 'SIGKILL');
        await successor;
      },
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

/** On the port where it was, once that is free: its address has been given away. */
async function startAgain(startWorker: StartWorker, port: string): Promise<ChildPart> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startWorker(port);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === MAX_PORT_TRIES) throw error;
      await pause(PORT_RETRY_IN_MILLISECONDS);
    }
  }
}

/** A reader sees the old file or the new one, never half of it. */
function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
