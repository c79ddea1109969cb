import { backoffInSeconds } from '../../../base/backoff.ts';
import { ConnectorError } from '../../../base/connectorError.ts';
import { addSeconds, type DateTime } from '../../../base/dateTime.ts';
import { defined } from '../../../base/defined.ts';
import type { JsonObject } from '../../../base/jsonObject.ts';
import type { EventSource } from '../../../domain/vocabulary/eventSource.ts';
import type {
  SourceProgress,
  SourceProgressStore,
  StoredProgress,
} from '../../ports/eventSources.ts';
import { withRead } from '../countUnmapped.ts';
import { ingestSourceItems, type IngestSourceDependencies } from '../ingestSourceItems.ts';
import type { SourceItem } from '../sourceEvent.ts';

export interface PullDependencies extends IngestSourceDependencies {
  readonly sourceProgress: SourceProgressStore;
  readonly now: () => Date;
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** A worker that died holds a source no longer than this. It is longer than the source keeps an answer open without events. */
const LEASE_IN_SECONDS = 75;
/** While much is read between two checkpoints. */
const LEASE_RENEWAL_IN_SECONDS = 20;
const BACKOFF = { firstInSeconds: 10, maxInSeconds: 15 * 60 };
/** Decisions must not feel the backlog of a month. */
const MAX_EVENTS_PER_SECOND = 1000;
/** So that the time of a delivery counts. */
const CREDIT_IN_MILLISECONDS = 1000;

/** Why a source cannot be fetched: the code, and the field of its document that is at fault. */
export class PullError extends Error {
  readonly code: string;
  readonly field: string | undefined;

  /** How long the source itself asks to wait. */
  readonly retryAfterInSeconds: number;

  constructor(
    code: string,
    field: string | undefined,
    message: string,
    cause?: unknown,
    retryAfterInSeconds = 0,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryAfterInSeconds = retryAfterInSeconds;
    this.name = 'PullError';
    this.code = code;
    this.field = field;
  }
}

/** Another worker has taken the source over. */
class LeaseLostError extends Error {}

/** One run over a source, with its progress. */
export interface PullRun {
  readonly source: EventSource;
  readonly now: () => DateTime;
  readonly checkpoint: () => JsonObject | undefined;
  /** Whether the run has used its time, so it should end at the next checkpoint. */
  readonly isOver: () => boolean;
  /** Reads and queues the items. They are counted with the next checkpoint, unless they are `repeats`. Keeps the rate. */
  deliver(items: readonly SourceItem[], repeats?: 'repeats'): Promise<void>;
  /** Saves how far the source was read. Everything before it must have been delivered. */
  save(checkpoint: JsonObject): Promise<void>;
}

/** The result of a run; `busy` if another worker fetches the source, `waiting` if it failed a short time ago. */
export interface PullOutcome {
  readonly state: 'done' | 'busy' | 'waiting' | 'failed';
  readonly events: number;
  readonly failure?: SourceProgress['failure'];
}

export interface PullOptions {
  readonly owner: string;
  readonly endDateTime: DateTime;
  /** Also if the source failed a short time ago. */
  readonly isForced?: boolean;
}

/**
 * Fetches a source under a lease, by `fetchAll`. Returns also if it failed: the failure is stored with the source and
 * logged, and the source is asked again after a pause that doubles.
 * INVARIANT: the checkpoint is saved after the queue has what was read, in one write with its counts. So a worker that
 * dies at any moment loses nothing and counts nothing twice.
 */
export async function runPull(
  dependencies: PullDependencies,
  source: EventSource,
  options: PullOptions,
  fetchAll: (run: PullRun) => Promise<void>,
): Promise<PullOutcome> {
  const { sourceProgress, now } = dependencies;
  const stored = await sourceProgress.load(source.id);
  const moment = now().toISOString();
  const { lease, nextAttemptDateTime } = stored.progress;
  if (lease !== undefined && lease.untilDateTime > moment && lease.owner !== options.owner)
    return { state: 'busy', events: 0 };
  const isWaiting = nextAttemptDateTime !== undefined && nextAttemptDateTime > moment;
  if (isWaiting && options.isForced !== true) return { state: 'waiting', events: 0 };
  const run = createRun(dependencies, source, options, stored);
  try {
    await run.begin();
    await fetchAll(run);
    await run.end();
    return { state: 'done', events: run.events() };
  } catch (error) {
    if (error instanceof LeaseLostError) return { state: 'busy', events: run.events() };
    const failure = await run.fail(error);
    return { state: 'failed', events: run.events(), failure };
  }
}

interface HeldRun extends PullRun {
  readonly events: () => number;
  begin(): Promise<void>;
  end(): Promise<void>;
  fail(error: unknown): Promise<NonNullable<SourceProgress['failure']>>;
}

function createRun(
  dependencies: PullDependencies,
  source: EventSource,
  { owner, endDateTime }: PullOptions,
  stored: StoredProgress,
): HeldRun {
  const { sourceProgress, now, random, log } = dependencies;
  let { progress, etag } = stored;
  /** The counts and words of what was delivered since the last checkpoint. */
  let counted = countedIn(progress);
  let renewAfter = '';
  let hasProgressed = false;
  let events = 0;
  const pace = createPace(dependencies);
  const moment = (): DateTime => now().toISOString();
  const write = async (next: SourceProgress): Promise<void> => {
    const saved = await sourceProgress.save(source.id, next, etag);
    if (saved === 'conflict') throw new LeaseLostError();
    ({ etag } = saved);
    progress = next;
    renewAfter = addSeconds(moment(), LEASE_RENEWAL_IN_SECONDS);
  };
  const lease = (): NonNullable<SourceProgress['lease']> => ({
    owner,
    untilDateTime: addSeconds(moment(), LEASE_IN_SECONDS),
  });
  return {
    source,
    now: moment,
    events: () => events,
    checkpoint: () => progress.checkpoint,
    isOver: () => moment() >= endDateTime,
    begin: () => write({ ...progress, lease: lease(), lastAttemptDateTime: moment() }),

    async save(checkpoint) {
      await write({ ...progress, ...counted, checkpoint, lease: lease() });
      hasProgressed = true;
    },

    async deliver(items, repeats) {
      const arrival = { receivedDateTime: moment(), requestId: source.id };
      const read = await ingestSourceItems(dependencies, source, items, arrival);
      if (repeats === undefined)
        counted = countedIn(withRead({ ...progress, ...counted }, read, moment()));
      events += items.length;
      await pace(items.length);
      if (moment() > renewAfter) await write({ ...progress, lease: lease() });
    },

    // What was delivered since the last checkpoint comes again, and is counted then.
    async end() {
      const { lease: _, failure: __, nextAttemptDateTime: ___, ...known } = progress;
      await write({ ...known, lastSuccessDateTime: moment() });
    },

    async fail(error) {
      const failure = toFailure(error, hasProgressed ? undefined : progress.failure, moment());
      const asked = error instanceof PullError ? error.retryAfterInSeconds : 0;
      const pauseInSeconds = Math.max(asked, backoffInSeconds(BACKOFF, failure.count - 1, random));
      const minutes = Math.round((now().getTime() - Date.parse(failure.sinceDateTime)) / 60_000);
      log.error(
        `event source \`${source.id}\` failed for ${String(minutes)} minutes: ${failure.code} ${failure.field ?? ''} ${failure.message}`,
      );
      const { lease: _, ...known } = progress;
      const nextAttemptDateTime = addSeconds(moment(), pauseInSeconds);
      try {
        await write({ ...known, failure, nextAttemptDateTime });
      } catch (fault) {
        log.warn(
          `the failure of event source \`${source.id}\` could not be stored: ${String(fault)}`,
        );
      }
      return failure;
    },
  };
}

function countedIn({
  counts,
  unmapped,
}: SourceProgress): Pick<SourceProgress, 'counts' | 'unmapped'> {
  return { counts, unmapped };
}

function toFailure(
  error: unknown,
  before: SourceProgress['failure'],
  now: DateTime,
): NonNullable<SourceProgress['failure']> {
  const code =
    error instanceof PullError || error instanceof ConnectorError ? error.code : 'generalException';
  const field = error instanceof PullError ? error.field : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code,
    ...defined({ field }),
    message: message.slice(0, 500),
    sinceDateTime: before?.sinceDateTime ?? now,
    count: (before?.count ?? 0) + 1,
  };
}

/** Waits until as many events are allowed. A longer time in which fewer came gives no right to a burst. */
function createPace({ now, pause }: PullDependencies): (count: number) => Promise<void> {
  let free = now().getTime();
  return async (count) => {
    const moment = now().getTime();
    free = Math.max(free, moment - CREDIT_IN_MILLISECONDS) + (count / MAX_EVENTS_PER_SECOND) * 1000;
    if (free > moment) await pause(free - moment);
  };
}
