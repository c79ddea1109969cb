import { createHash } from 'node:crypto';
import { glob } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { provideCoreApi, type Registry } from './coreApi.ts';
import { createHostLog, type HostLog } from './hostLog.ts';
import { readHostOptions } from './hostOptions.ts';
import { createInvoke, triggerOf } from './invoke.ts';
import { createRouteTable } from './routeTable.ts';
import { createHttpListener } from './serveHttp.ts';
import { serveServiceBus } from './serveServiceBus.ts';
import { serveTimer, type RunningTimer } from './serveTimer.ts';
import { keepSingletonLease, type SingletonLease } from './singletonLease.ts';

export interface FunctionsHostOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** The folder of `host.json`. */
  readonly scriptRoot: string;
  /** Which files register functions; a glob below the root, as `main` of package.json. */
  readonly entryPoints: string;
}

/**
 * A host for functions of the Node v4 programming model, for one machine: the registrations run unchanged, started by
 * HTTP, Service Bus queues and timers. Settings are the process's environment, as in Azure. One host a process.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<LocalPart> {
  const hostOptions = readHostOptions(options.scriptRoot);
  const log = createHostLog(hostOptions.logLevel);
  const registry = provideCoreApi(log);
  await loadEntryPoints(options, log);
  await registry.programmingModel?.getCapabilities?.({});
  for (const hook of registry.hooks.appStart)
    await hook({ hookData: {}, functionAppDirectory: options.scriptRoot });

  const invoke = createInvoke(registry, log);
  const { functions } = registry;
  const timers = startTimers(registry, invoke, options, log);
  const stopReceivers = await Promise.all(
    [...functions.values()]
      .filter((registered) => triggerOf(registered)[1].type.toLowerCase() === 'servicebustrigger')
      .map((registered) => serveServiceBus(registered, invoke, hostOptions, log)),
  );
  const server = createHttpListener({
    routes: createRouteTable(functions.values(), hostOptions.routePrefix),
    functions,
    invoke,
    functionKey: process.env['LOCAL_FUNCTION_KEY'],
    runAdmin(name) {
      const timer = timers.get(name);
      void timer?.timer.runNow();
      return timer !== undefined;
    },
  });
  const closeConnections = watchConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  const drain = async (): Promise<void> => {
    const closed = closeConnections();
    await Promise.all([...timers.values()].map(({ timer }) => timer.stop()));
    await Promise.all(stopReceivers.map((stop) => stop()));
    await Promise.all([...timers.values()].map(({ lease }) => lease.stop()));
    await closed;
    for (const hook of registry.hooks.appTerminate) await hook({ hookData: {} });
  };
  let stopped: Promise<void> | undefined;
  return {
    address: `http://127.0.0.1:${String(port)}`,
    stop: () => (stopped ??= drain()),
  };
}

/** One file's throw must not hide the others unseen; with the worker's own setting it ends the start. */
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

interface LeasedTimer {
  readonly timer: RunningTimer;
  readonly lease: SingletonLease;
}

function startTimers(
  { functions }: Registry,
  invoke: ReturnType<typeof createInvoke>,
  { scriptRoot }: FunctionsHostOptions,
  log: HostLog,
): ReadonlyMap<string, LeasedTimer> {
  const storage = process.env['AzureWebJobsStorage'];
  const hostId = createHash('sha256').update(scriptRoot).digest('hex').slice(0, 32);
  const timers = new Map<string, LeasedTimer>();
  for (const [name, registered] of functions) {
    if (triggerOf(registered)[1].type.toLowerCase() !== 'timertrigger') continue;
    if (!storage)
      throw new TypeError(`timer \`${name}\` needs the setting \`AzureWebJobsStorage\``);
    const lease = keepSingletonLease(storage, hostId, name, log);
    timers.set(name, { timer: serveTimer(registered, invoke, lease, log), lease });
  }
  return timers;
}
