import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../../infra/local/listenOnLoopback.ts';
import { NO_PROGRESS, type SourceProgress } from '../../../shared/core/ports/eventSources.ts';
import { createDevice, type Device } from '../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../shared/domain/vocabulary/signal.ts';
import { stopServer } from '../../support/stopServer.ts';

/** When a call of the worker does not end as it should: it dies before or after its effect. */
export type Death = 'before' | 'after' | undefined;

/** The queue and the store of the worker, which outlive it. */
export interface ProofStore {
  readonly address: string;
  readonly devices: ReadonlyMap<string, Device>;
  /** The ids of the signals that the queue took. */
  readonly signalIds: ReadonlySet<string>;
  progress(): SourceProgress;
  /** How many signals the queue took, repeats too. */
  taken(): number;
  stop(): Promise<void>;
}

/** Starts a store on loopback; `onCall` may kill the worker, which then gets no answer. */
export async function startProofStore(onCall: (path: string) => Death): Promise<ProofStore> {
  const devices = new Map<string, Device>();
  const signalIds = new Set<string>();
  let stored: { readonly progress: SourceProgress; readonly etag?: string } = {
    progress: NO_PROGRESS,
  };
  let taken = 0;
  let writes = 0;

  const take = (signals: readonly DeviceSignal[]): object => {
    taken += signals.length;
    for (const signal of signals) {
      signalIds.add(signal.signalId);
      const device = devices.get(signal.deviceId) ?? createDevice(signal.deviceId);
      devices.set(signal.deviceId, mergeSignals(device, [signal]));
    }
    return {};
  };
  const save = ({ progress, etag }: { progress: SourceProgress; etag?: string }): unknown => {
    if (etag !== stored.etag) return 'conflict';
    writes += 1;
    stored = { progress, etag: String(writes) };
    return { etag: stored.etag };
  };
  const call = (path: string, body: unknown): unknown => {
    if (path === 'load') return stored;
    if (path === 'save') return save(body as Parameters<typeof save>[0]);
    return path === 'send' ? take(body as readonly DeviceSignal[]) : {};
  };
  const answer = async (path: string, body: string, response: ServerResponse): Promise<void> => {
    const death = onCall(path);
    const result = death === 'before' ? undefined : call(path, JSON.parse(body));
    if (death === undefined) response.end(JSON.stringify(result));
    else response.destroy();
  };

  const server = createServer((request, response) => {
    void text(request)
      .then((body) => answer((request.url ?? '').slice(1), body, response))
      // The worker died while it was sending.
      .catch(() => response.destroy());
  });
  return {
    address: await listenOnLoopback(server),
    devices,
    signalIds,
    progress: () => stored.progress,
    taken: () => taken,
    stop: () => stopServer(server),
  };
}
