import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EnrolledDevice } from '../../infra/local/graph/directory.ts';
import {
  startGraphServer,
  type GraphServer,
  type GraphServerOptions,
} from '../../infra/local/graph/startGraphServer.ts';
import type { SyncOutcome } from '../../shared/core/enrolment/syncEnrolment.ts';
import { syncEnrolment } from '../../shared/core/enrolment/syncEnrolment.ts';
import type { SyncDependencies } from '../../shared/core/enrolment/syncRun.ts';
import type { Graph } from '../../shared/core/ports/graph.ts';
import { startWorld, type World } from './world.ts';

const IDENTITY_HEADER = 'only-this-machine-knows-it';

/** The real adapters, and beside them a Graph with the managed identity that has its tokens. */
export interface GraphWorld extends World {
  readonly server: GraphServer;
  readonly graph: Graph;
  /** How long the enrolment waited for Graph, in milliseconds; it did not wait indeed. */
  readonly waits: number[];
  /** One run of the enrolment, as the timer makes it, `hours` after the real time. */
  sync(
    changes?: Partial<SyncDependencies>,
    limits?: { runInMilliseconds?: number },
  ): Promise<SyncOutcome>;
  /** Lets time pass for the enrolment. */
  waitHours(hours: number): void;
}

export async function startGraphWorld(
  settings: Readonly<Record<string, string>> = {},
  options: Partial<GraphServerOptions> = {},
): Promise<GraphWorld> {
  const server = await startGraphServer({ identityHeader: IDENTITY_HEADER, ...options });
  await nameIdentityEndpoint(server.identityEndpoint);
  const world = await startWorld({
    GRAPH_ENDPOINT: server.address,
    GRAPH_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
    ENROLMENT_FROM_GRAPH: 'true',
    ...settings,
  });
  const { graph, config } = world.services;
  if (graph === undefined) throw new Error('Graph is not configured');
  const waits: number[] = [];
  let offset = 0;
  return {
    ...world,
    server,
    graph,
    waits,
    waitHours(hours) {
      offset += hours * 3_600_000;
    },
    sync: (changes = {}, limits = {}) =>
      syncEnrolment(
        {
          ...world.services,
          graph,
          announcements: world.services.queues,
          log: world.dependencies.log,
          now: () => new Date(Date.now() + offset),
          pause: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
          ...changes,
        },
        {
          runInMilliseconds: limits.runInMilliseconds ?? 600_000,
          maxLeaversInPercent: config.graph?.maxLeaversInPercent ?? 10,
        },
      ),
    async stop() {
      await world.stop();
      await server.stop();
    },
  };
}

let identityEndpoint = '';
let front: Promise<void> | undefined;

/** `@azure/identity` reads where the identity is once a process: one address that leads to the Graph of the moment. */
function nameIdentityEndpoint(endpoint: string): Promise<void> {
  identityEndpoint = endpoint;
  return (front ??= startFront());
}

async function startFront(): Promise<void> {
  const server = createServer((request, response) => {
    const { search } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const headers = { 'x-identity-header': String(request.headers['x-identity-header']) };
    void fetch(`${identityEndpoint}${search}`, { headers }).then(async (answer) =>
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(await answer.text()),
    );
  });
  server.unref();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${String(port)}/`;
  process.env['IDENTITY_HEADER'] = IDENTITY_HEADER;
}

/** The `index`th phone of a fleet. */
export function phone(
  index: number,
  changes: Readonly<Record<string, unknown>> = {},
): EnrolledDevice {
  return {
    azureADDeviceId: toGuid(index),
    operatingSystem: index % 2 === 0 ? 'Android' : 'iOS',
    osVersion: '17.1',
    userId: toGuid(1_000_000 + (index % 1000)),
    serialNumber: '',
    ...changes,
  };
}

/** An id as the directory gives them. */
export function toGuid(index: number): string {
  return `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}
