import { createOutgoingClient } from '../../shared/adapters/outgoingClient.ts';
import { createSourceBlobs } from '../../shared/adapters/blobs/sourceBlobs.ts';
import { toBlockList } from '../../shared/base/network/allowedAddress.ts';
import type { PullSourcesDependencies } from '../../shared/core/eventSources/pull/pullSources.ts';
import { NO_PROGRESS, type SourceProgress } from '../../shared/core/ports/eventSources.ts';
import type { EventSource } from '../../shared/domain/vocabulary/eventSource.ts';
import type { Signal } from '../../shared/domain/vocabulary/signal.ts';
import { sampleConfiguration } from './sampleConfiguration.ts';

/** Everything that a puller needs; the sources and their network are real, the rest is in memory. */
export interface PullWorld extends PullSourcesDependencies {
  /** What the queue has. */
  readonly queued: Signal[];
  readonly pauses: number[];
  readonly logged: string[];
  progressOf(sourceId: string): SourceProgress;
  setProgress(sourceId: string, progress: Partial<SourceProgress>): void;
  /** Called before each of its own calls; throws to end the worker there. */
  beforeCall: (call: 'load' | 'save' | 'send') => void;
  advance(seconds: number): void;
}

export interface PullWorldOptions {
  readonly sources: readonly EventSource[];
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  readonly allowedNetworks?: readonly string[];
}

/** Every device is enrolled by the serial numbers of its events. */
export function createPullWorld({
  sources,
  secrets = {},
  allowedNetworks = ['127.0.0.1/32'],
}: PullWorldOptions): PullWorld {
  const stored = new Map<string, { readonly progress: SourceProgress; readonly etag: string }>();
  let writes = 0;
  let now = Date.parse('2026-01-01T00:00:00Z');
  const networks = toBlockList(allowedNetworks);
  const log = (message: string): void => void world.logged.push(message);
  const put = (sourceId: string, progress: SourceProgress): string => {
    writes += 1;
    stored.set(sourceId, { progress: structuredClone(progress), etag: String(writes) });
    return String(writes);
  };
  const world: PullWorld = {
    queued: [],
    pauses: [],
    logged: [],
    beforeCall: () => undefined,
    progressOf: (sourceId) => stored.get(sourceId)?.progress ?? NO_PROGRESS,
    setProgress: (sourceId, progress) =>
      void put(sourceId, { ...world.progressOf(sourceId), ...progress }),
    advance(seconds) {
      now += seconds * 1000;
    },
    configuration: { load: () => Promise.resolve(sampleConfiguration({ eventSources: sources })) },
    config: { eventSourceSecrets: new Map(Object.entries(secrets)) },
    outgoing: createOutgoingClient({ allowedNetworks: networks }),
    openSourceBlobs: createSourceBlobs({ allowedNetworks: networks }),
    sourceProgress: {
      async load(sourceId) {
        world.beforeCall('load');
        const found = stored.get(sourceId);
        return { progress: structuredClone(found?.progress ?? NO_PROGRESS), etag: found?.etag };
      },
      async save(sourceId, progress, etag) {
        world.beforeCall('save');
        if (stored.get(sourceId)?.etag !== etag) return 'conflict';
        return { etag: put(sourceId, progress) };
      },
      async remove(sourceId) {
        stored.delete(sourceId);
      },
    },
    eventDevices: {
      find: (identifiers) =>
        Promise.resolve(identifiers.slice(0, 1).map(({ value }) => `device-${value}`)),
    },
    unmatched: {
      keep: () => Promise.resolve('kept'),
      find: () => Promise.resolve([]),
      remove: () => Promise.resolve(),
      list: () => Promise.resolve({ items: [] }),
    },
    signals: {
      async send(signals) {
        world.beforeCall('send');
        world.queued.push(...signals);
      },
    },
    log: { warn: log, error: log },
    now: () => new Date(now),
    random: () => 0.5,
    async pause(milliseconds) {
      world.pauses.push(milliseconds);
      now += milliseconds;
    },
  };
  return world;
}

/** An event of Symantec Endpoint Security about malware on the phone with this serial number. */
export function toSesEvent(
  number: number,
  { serialNumber = 'S1', time = toTime(number) } = {},
): object {
  return {
    uuid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    time,
    type_id: 8031,
    category_id: 1,
    severity_id: 5,
    id: 2,
    device_os_type_id: 501,
    device_serial_number: serialNumber,
    device_name: 'A phone',
    threat: { name: `Threat ${String(number)}`, type_id: 1, risk_id: 100 },
    file: { name: `app${String(number)}.apk` },
  };
}

/** Ten events a second. */
function toTime(number: number): string {
  return new Date(Date.parse('2025-12-20T00:00:00Z') + number * 100).toISOString();
}

export function sesEvents(from: number, to: number): readonly object[] {
  return Array.from({ length: to - from }, (_, at) => toSesEvent(from + at));
}
