import { pullSources } from '../../../shared/core/eventSources/pull/pullSources.ts';
import type { StoredProgress } from '../../../shared/core/ports/eventSources.ts';
import { proofSource } from './proofEvents.ts';
import { createWorkerPorts } from './workerPorts.ts';

/** The worker of the proof: fetches until nothing is left. Its queue and its store are its parent's, over HTTP. */
const { PROOF_ENDPOINT = '', PROOF_STORE = '', PROOF_CLOCK_AHEAD_IN_SECONDS = '0' } = process.env;
const RUN_IN_SECONDS = 24 * 60 * 60;
const ahead = Number(PROOF_CLOCK_AHEAD_IN_SECONDS) * 1000;

/** Only the parent's answer makes it sure that something is stored. */
async function ask(path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${PROOF_STORE}/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (answer.status !== 200) throw new Error(`the store answered ${String(answer.status)}`);
  return answer.json();
}

const ports = createWorkerPorts(
  proofSource(PROOF_ENDPOINT),
  {
    sourceProgress: {
      load: async () => (await ask('load', {})) as StoredProgress,
      save: async (_, progress, etag) =>
        (await ask('save', { progress, etag })) as { readonly etag: string } | 'conflict',
      remove: () => Promise.resolve(),
    },
    signals: { send: async (signals) => void (await ask('send', signals)) },
  },
  () => new Date(Date.now() + ahead),
);
const outcomes = await pullSources(ports, RUN_IN_SECONDS);
await ask('outcome', outcomes);
process.exit(0);
