import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SesFault } from '../../../infra/local/ses/sesFaults.ts';
import { startSesServer } from '../../../infra/local/ses/startSesServer.ts';
import { readSourceItems } from '../../../shared/core/eventSources/readSourceItems.ts';
import { createDevice, type Device } from '../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../shared/domain/devices/mergeSignals.ts';
import { createDice } from '../../support/createDice.ts';
import { createProofLog, proofSource } from './proofEvents.ts';
import { startProofStore, type Death, type ProofStore } from './startProofStore.ts';
import { CREDENTIAL } from './workerPorts.ts';

export interface ProofOptions {
  readonly events: number;
  /** How often the worker is killed by SIGKILL. */
  readonly kills: number;
  /** How often its position expires. */
  readonly expiries: number;
  readonly repeatsInPercent: number;
  readonly cutsInPercent: number;
  readonly seed: number;
  readonly onProgress?: (what: string) => void;
}

export interface ProofOutcome {
  /** Signals of the reference that the queue never got. */
  readonly lost: number;
  /** Phones whose state differs from the reference. */
  readonly differing: readonly string[];
  /** What the source's progress counts. */
  readonly counted: number;
  /** Signals that the queue got again: they change nothing. */
  readonly repeated: number;
  readonly kills: number;
  readonly expiries: number;
  readonly cuts: number;
}

const EVENTS_A_CHUNK = 100;
const CHUNKS_AN_ANSWER = 10;
const REPEATED_AMONG = 200;
/** A killed worker leaves a lease, which has ended for the next one. */
const CLOCK_STEP_IN_SECONDS = 120;
const BATCH = 500;

/**
 * Fetches the events with a worker that is a process of its own and is killed again and again, in the middle of its calls,
 * while positions expire, connections break and events come twice.
 */
export async function proveSources(options: ProofOptions): Promise<ProofOutcome> {
  const dice = createDice(options.seed);
  const log = createProofLog(options.events);
  const plan = createPlan(options, dice);
  let kill: () => void = () => undefined;
  const store = await startProofStore(() => {
    const death = plan.nextDeath(store.progress().counts.accepted);
    if (death !== undefined) kill();
    return death;
  });
  const server = await startSesServer({
    credential: CREDENTIAL,
    streamId: 's',
    channelId: 'c',
    log,
    eventsAChunk: EVENTS_A_CHUNK,
    chunksAnAnswer: CHUNKS_AN_ANSWER,
    maxWaitInSeconds: 0,
    random: dice,
    faultOf: () => plan.nextFault(store.progress().counts.accepted),
    repeatsBefore: (index) =>
      index > 0 && dice() * 100 < options.repeatsInPercent
        ? [Math.max(0, index - 1 - Math.floor(dice() * REPEATED_AMONG))]
        : [],
  });
  try {
    for (let run = 0; store.progress().counts.accepted < options.events; run += 1) {
      if (run > options.kills * 2 + 20) break;
      const worker = startWorker(server.address, store.address, run);
      kill = () => void worker.kill('SIGKILL');
      await once(worker, 'exit');
      options.onProgress?.(
        `${String(run + 1)} workers, ${String(store.progress().counts.accepted)} events`,
      );
    }
    return { ...(await compare(options, store)), ...plan.counts };
  } finally {
    await server.stop();
    await store.stop();
  }
}

function startWorker(endpoint: string, store: string, run: number): ReturnType<typeof fork> {
  return fork(join(import.meta.dirname, 'proofWorker.ts'), [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      ...process.env,
      PROOF_ENDPOINT: endpoint,
      PROOF_STORE: store,
      PROOF_CLOCK_AHEAD_IN_SECONDS: String(run * CLOCK_STEP_IN_SECONDS),
    },
  });
}

interface Plan {
  readonly counts: { kills: number; expiries: number; cuts: number };
  nextDeath(accepted: number): Death;
  nextFault(accepted: number): SesFault | undefined;
}

/** Spreads kills and expiries over the events. The first call of a new worker never dies, else nothing would be read. */
function createPlan(
  { events, kills, expiries, cutsInPercent }: ProofOptions,
  dice: () => number,
): Plan {
  const counts = { kills: 0, expiries: 0, cuts: 0 };
  const isDue = (done: number, all: number, accepted: number): boolean =>
    done < all && accepted >= ((done + 0.5) / (all + 1)) * events;
  let calls = 0;
  let deadlyCall = 0;
  return {
    counts,
    nextDeath(accepted) {
      calls += 1;
      if (!isDue(counts.kills, kills, accepted) || calls < deadlyCall) return undefined;
      counts.kills += 1;
      // Any of the calls of the next worker: to load, to queue, to save.
      calls = 0;
      deadlyCall = 2 + Math.floor(dice() * 12);
      return dice() < 0.5 ? 'before' : 'after';
    },
    nextFault(accepted) {
      if (isDue(counts.expiries, expiries, accepted) && accepted > 0) {
        counts.expiries += 1;
        return 'expiredNext';
      }
      if (dice() * 100 >= cutsInPercent) return undefined;
      counts.cuts += 1;
      return 'cut';
    },
  };
}

/** Each event read once, in order, by the same reader. */
async function compare(
  { events }: ProofOptions,
  store: ProofStore,
): Promise<Pick<ProofOutcome, 'lost' | 'differing' | 'counted' | 'repeated'>> {
  const log = createProofLog(events);
  const expected = new Map<string, Device>();
  let lost = 0;
  let signals = 0;
  const arrival = { receivedDateTime: '2026-06-01T00:00:00.000Z', requestId: 'reference' };
  const devices = {
    find: (identifiers: readonly { readonly value: string }[]) =>
      Promise.resolve(identifiers.slice(0, 1).map(({ value }) => `phone-${value}`)),
  };
  for (let from = 0; from < events; from += BATCH) {
    const items = Array.from({ length: Math.min(BATCH, events - from) }, (_, at) => ({
      ok: true as const,
      event: JSON.parse(log.textAt(from + at)) as unknown,
    }));
    const read = await readSourceItems(devices, proofSource(''), items, arrival);
    for (const signal of read.signals) {
      if (!('deviceId' in signal)) continue;
      signals += 1;
      if (!store.signalIds.has(signal.signalId)) lost += 1;
      const device = expected.get(signal.deviceId) ?? createDevice(signal.deviceId);
      expected.set(signal.deviceId, mergeSignals(device, [signal]));
    }
  }
  const differing = [...new Set([...expected.keys(), ...store.devices.keys()])].filter(
    (id) => stateOf(expected.get(id)) !== stateOf(store.devices.get(id)),
  );
  const { accepted: counted } = store.progress().counts;
  return { lost, differing, counted, repeated: store.taken() - signals };
}

/** What a phone is known by, without when it was received. */
function stateOf(device: Device | undefined): string {
  return JSON.stringify(device, (name, value: unknown) =>
    name === 'receivedDateTime' ? undefined : value,
  );
}
