import { createServer } from 'node:http';
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
import type { VersionedDocument } from '../../shared/core/ports/configuration.ts';
import { ENROLMENT_STATE } from '../../shared/core/enrolment/enrolmentState.ts';
import { managedProperties } from '../../shared/domain/devices/device.ts';
import type { ManagedDeviceProperties } from '../../shared/domain/vocabulary/signal.ts';
import { listenOnLoopback } from '../../infra/local/listenOnLoopback.ts';
import { startWorld, type World } from './world.ts';

const IDENTITY_HEADER = 'only-this-machine-knows-it';

/** A world with a local Graph and the managed identity that issues its tokens. */
export interface GraphWorld extends World {
  readonly server: GraphServer;
  readonly graph: Graph;
  /** The pauses that the enrolment asked for, in milliseconds. None is slept. */
  readonly waits: number[];
  /** Runs the enrolment once, as the timer does. */
  sync(
    changes?: Partial<SyncDependencies>,
    limits?: { runInMilliseconds?: number },
  ): Promise<SyncOutcome>;
  /** Advances the clock of the enrolment. */
  waitHours(hours: number): void;
  /** Enrols the phones numbered 0 to `count` - 1 in Intune. */
  enrolFleet(count: number): void;
  /** The managed properties that are stored for a phone; `undefined` if it is not enrolled here. */
  enrolled(index: number): Promise<ManagedDeviceProperties | undefined>;
  /** The stored state of the enrolment. */
  enrolmentState(): Promise<VersionedDocument | undefined>;
}

export async function startGraphWorld(
  settings: Readonly<Record<string, string>> = {},
  options: Partial<GraphServerOptions> = {},
): Promise<GraphWorld> {
  const server = await startGraphServer({ identityHeader: IDENTITY_HEADER, ...options });
  const withdrawIdentity = await provideIdentity(server.identityEndpoint);
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
    enrolFleet(count) {
      for (let index = 0; index < count; index += 1) server.directory.enrol(phone(index));
    },
    async enrolled(index) {
      const stored = await world.services.devices.load(toGuid(index));
      return stored && managedProperties(stored.record.device);
    },
    enrolmentState: () =>
      world.services.documents.loadDocument(ENROLMENT_STATE.kind, ENROLMENT_STATE.id),
    sync: (changes = {}, limits = {}) =>
      syncEnrolment(
        {
          ...world.services,
          graph,
          announcements: world.services.queues,
          signals: world.services.queues,
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
      withdrawIdentity();
    },
  };
}

/** The address that issues the tokens of the current Graph. */
let identityEndpoint = '';
let front: Promise<string> | undefined;

/**
 * Sets the variables of a managed identity while a Graph runs. `@azure/identity` reads the endpoint once per process, so
 * one fixed address forwards to the current Graph.
 */
async function provideIdentity(endpoint: string): Promise<() => void> {
  identityEndpoint = endpoint;
  process.env['IDENTITY_ENDPOINT'] = await (front ??= startFront());
  process.env['IDENTITY_HEADER'] = IDENTITY_HEADER;
  return () => {
    delete process.env['IDENTITY_ENDPOINT'];
    delete process.env['IDENTITY_HEADER'];
  };
}

async function startFront(): Promise<string> {
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
  return `${await listenOnLoopback(server)}/`;
}

/** Phone number `index` of a fleet. */
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

/** An object id in the directory's form. */
export function toGuid(index: number): string {
  return `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}
