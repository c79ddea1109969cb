import { pullSources } from '../../../shared/core/eventSources/pull/pullSources.ts';
import { NO_PROGRESS, type StoredProgress } from '../../../shared/core/ports/eventSources.ts';
import type { MeasuredMemory } from './measureMemory.ts';
import { proofSource } from './proofEvents.ts';
import { createWorkerPorts } from './workerPorts.ts';

/** The worker whose memory is measured: it ends when it has counted as many events as it was told. */
const { PROOF_ENDPOINT = '' } = process.env;
const wanted = Number(process.argv[2]);
const started = Date.now();
let stored: StoredProgress = { progress: NO_PROGRESS, etag: undefined };
let writes = 0;

function finish(): void {
  const measured: MeasuredMemory = {
    counted: stored.progress.counts.accepted,
    // Kibibytes (nodejs.org/api/process.html, process.resourceUsage).
    peakInMebibytes: process.resourceUsage().maxRSS / 1024,
    seconds: (Date.now() - started) / 1000,
  };
  process.send?.(measured, () => process.exit(0));
}

const ports = createWorkerPorts(
  proofSource(PROOF_ENDPOINT),
  {
    sourceProgress: {
      load: () => Promise.resolve(stored),
      async save(_, progress) {
        writes += 1;
        stored = { progress: structuredClone(progress), etag: String(writes) };
        if (progress.counts.accepted >= wanted) finish();
        return { etag: String(writes) };
      },
      remove: () => Promise.resolve(),
    },
    signals: { send: () => Promise.resolve() },
  },
  () => new Date(),
);
await pullSources(ports, 24 * 60 * 60);
finish();
