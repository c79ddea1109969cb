import { createHash } from 'node:crypto';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { SYSTEM_CLOCK, type Clock } from './clock.ts';
import { provideCoreApi, type RegisteredFunction, type Registry } from './coreApi.ts';
import { createHostLog, type HostLog } from './hostLog.ts';
import { readHostOptions, type HostOptions } from './hostOptions.ts';
import { createInvoke, triggerOf, type Invoke } from './invoke.ts';
import { openWorkerServer, type WorkerServer } from './openWorkerServer.ts';
import { createRouteTable } from './routeTable.ts';
import { createHttpListener } from './serveHttp.ts';
import { serveServiceBus } from './serveServiceBus.ts';
import { serveTimer, type RunningTimer } from './serveTimer.ts';
import { keepSingletonLease, type SingletonLease } from './singletonLease.ts';

export interface FunctionsHostOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** The folder of `host.json`. */
  readonly scriptRoot: string;
  /** A glob for the files that register functions, relative to the root, as `main` of package.json. */
  readonly entryPoints: string;
  /** The clock of the timers; default: the system clock. */
  readonly clock?: Clock;
}

/** A host whose functions are loaded. */
interface Host {
  readonly options: FunctionsHostOptions;
  readonly hostOptions: HostOptions;
  readonly registry: Registry;
  readonly invoke: Invoke;
  readonly worker: WorkerServer;
  readonly log: HostLog;
}

/**
 * Starts a Functions host for one machine. It runs functions of the Node v4 programming model unchanged, triggered by
 * HTTP, Service Bus queues and timers. Settings are environment variables, as in Azure. One host per process.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<LocalPart> {
  const host = await loadHost(options);
  const timers = startTimers(host);
  const stopReceivers = await startReceivers(host);
  const server = createListener(host, timers);
  const closeConnections = watchConnections(server);
  const address = await listenOnLoopback(server, options.port);
  // As App Service and Core Tools do (`StartHostAction` in azure-functions-core-tools).
  process.env['WEBSITE_HOSTNAME'] ??= new URL(address).host;
  const drain = async (): Promise<void> => {
    const closed = closeConnections();
    await Promise.all([...timers.values()].map(({ timer }) => timer.stop()));
    await stopReceivers();
    await Promise.all([...timers.values()].map(({ lease }) => lease.stop()));
    await closed;
    host.worker.close();
    for (const hook of host.registry.hooks.appTerminate) await hook({ hookData: {} });
  };
  let stopped: Promise<void> | undefined;
  return { address, stop: () => (stopped ??= drain()) };
}

async function loadHost(options: FunctionsHostOptions): Promise<Host> {
  const hostOptions = readHostOptions(options.scriptRoot);
  const log = createHostLog(hostOptions.logLevel);
  const registry = provideCoreApi(log);
  await loadEntryPoints(options, log);
  const worker = await openWorkerServer(registry);
  for (const hook of registry.hooks.appStart)
    await hook({ hookData: {}, functionAppDirectory: options.scriptRoot });
  return { options, hostOptions, registry, invoke: createInvoke(registry, log), worker, log };
}

/** Logs a file that throws and loads the others. With the worker's own setting, the first error ends the start. */
async function loadEntryPoints(
  { scriptRoot, entryPoints }: FunctionsHostOptions,
  log: HostLog,
): Promise<void> {
  const files: string[] = [];
  for await (const file of glob(entryPoints, { cwd: scriptRoot })) files.push(file);
  if (files.length === 0) throw new TypeError(`no file matches \`${entryPoints}\``);
  for (const file of files.toSorted()) {
    try {
      await import(pathToFileURL(join(scriptRoot, file)).href);
    } catch (error) {
      if (process.env['FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR'] === 'true') throw error;
      log('error', `\`${file}\` could not be loaded: ${String(error)}`);
    }
  }
}

function functionsWith(type: string, { functions }: Registry): readonly RegisteredFunction[] {
  return [...functions.values()].filter(
    (registered) => triggerOf(registered)[1].type.toLowerCase() === type,
  );
}

/** Starts the functions with queues; returns a function that stops them. */
async function startReceivers(host: Host): Promise<() => Promise<void>> {
  const { registry, invoke, hostOptions, log } = host;
  const stops = await Promise.all(
    functionsWith('servicebustrigger', registry).map((registered) =>
      serveServiceBus(registered, invoke, hostOptions, log),
    ),
  );
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

interface LeasedTimer {
  readonly timer: RunningTimer;
  readonly lease: SingletonLease;
}

/** Starts the functions with timers, by name. @throws TypeError if the storage for their leases is not set. */
function startTimers({ options, registry, invoke, log }: Host): ReadonlyMap<string, LeasedTimer> {
  const { scriptRoot, clock = SYSTEM_CLOCK } = options;
  const storage = process.env['AzureWebJobsStorage'];
  const hostId = createHash('sha256').update(scriptRoot).digest('hex').slice(0, 32);
  const timers = new Map<string, LeasedTimer>();
  for (const registered of functionsWith('timertrigger', registry)) {
    const { name } = registered.metadata;
    if (!storage)
      throw new TypeError(`timer \`${name}\` needs the setting \`AzureWebJobsStorage\``);
    const lease = keepSingletonLease(storage, hostId, name, log);
    timers.set(name, { timer: serveTimer({ registered, invoke, lease, log, clock }), lease });
  }
  return timers;
}

function createListener(
  { hostOptions, registry: { functions }, invoke, worker }: Host,
  timers: ReadonlyMap<string, LeasedTimer>,
): ReturnType<typeof createHttpListener> {
  return createHttpListener({
    routes: createRouteTable(functions.values(), hostOptions.routePrefix),
    functions,
    invoke,
    workerPort: worker.port,
    functionKey: process.env['LOCAL_FUNCTION_KEY'],
    runAdmin(name) {
      const found = timers.get(name);
      void found?.timer.runNow();
      return found !== undefined;
    },
  });
}
