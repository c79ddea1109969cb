import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Pausing } from '../../base/retryOnConflict.ts';
import type { EventSource } from '../../domain/vocabulary/eventSource.ts';
import { storeInQuarantine } from '../ingest/storeInQuarantine.ts';
import type { SourceProgress, SourceProgressStore } from '../ports/eventSources.ts';
import type { Quarantine, QuarantinedRequest, RejectedItem } from '../ports/quarantine.ts';
import { countUnmapped } from './countUnmapped.ts';
import { countsOf, ingestSourceItems, type IngestSourceDependencies } from './ingestSourceItems.ts';
import type { ReadSourceItems } from './readSourceItems.ts';
import type { SourceItem } from './sourceEvent.ts';
import { splitEvents } from './splitEvents.ts';

export interface SourceRequestDependencies extends IngestSourceDependencies, Pausing {
  readonly quarantine: Quarantine;
  readonly sourceProgress: SourceProgressStore;
}

/** A request of an event source, authenticated and unpacked. */
export interface SourceRequest {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly requestId: string;
  readonly receivedDateTime: DateTime;
}

/** The body of the 202 answer. */
export type SourceOutcome = SourceProgress['counts'] & {
  /** The events that count for nothing, or in part, each with the reason; at most 100. */
  readonly problems?: readonly RejectedItem[];
};

const MAX_PROBLEMS = 100;

/**
 * Accepts what can be read of a request's events. Returns once the queue has every signal, and the quarantine the request
 * if an event was not read whole. A repeat is harmless.
 * @throws ConnectorError `invalidRequest` if no event was accepted, `payloadTooLarge`; `serviceNotAvailable` or
 * `activityLimitReached` if the sender must try again.
 */
export async function ingestSourceRequest(
  dependencies: SourceRequestDependencies,
  source: EventSource,
  request: SourceRequest,
): Promise<SourceOutcome> {
  const { receivedDateTime, requestId } = request;
  const items = await splitOrQuarantine(dependencies, source, request);
  const arrival = { receivedDateTime, requestId };
  const read = await ingestSourceItems(dependencies, source, items, arrival);
  const notWhole = [...read.rejected, ...read.partial];
  if (notWhole.length > 0) {
    await quarantineRequest(dependencies, source, request, notWhole);
    logReadInPart(dependencies, source, read);
  }
  await tryToCount(dependencies, source, read, receivedDateTime);
  if (read.accepted === 0 && read.signals.length === 0) throw nothingAccepted(read.rejected);
  return toOutcome(read);
}

async function splitOrQuarantine(
  dependencies: SourceRequestDependencies,
  source: EventSource,
  request: SourceRequest,
): Promise<readonly SourceItem[]> {
  try {
    return splitEvents(request.body);
  } catch (error) {
    const fault = { index: 0, code: 'invalidEvent', path: '', message: String(error) } as const;
    await quarantineRequest(dependencies, source, request, [fault]);
    throw error;
  }
}

function quarantineRequest(
  { quarantine }: SourceRequestDependencies,
  { id: sourceId }: EventSource,
  request: SourceRequest,
  rejected: readonly RejectedItem[],
): Promise<void> {
  return storeInQuarantine(quarantine, { ...request, source: 'eventSource', sourceId }, rejected);
}

/** The queue has the events already, so their sender need not send them again for the sake of a count. */
async function tryToCount(
  dependencies: SourceRequestDependencies,
  { id }: EventSource,
  read: ReadSourceItems,
  now: DateTime,
): Promise<void> {
  try {
    await countUnmapped(dependencies, id, read, now);
  } catch (error) {
    if (!isTransient(error)) throw error;
    dependencies.log.warn(`words of event source \`${id}\` are not counted: ${String(error)}`);
  }
}

function toOutcome(read: ReadSourceItems): SourceOutcome {
  const problems = [...read.rejected, ...read.partial].slice(0, MAX_PROBLEMS);
  return { ...countsOf(read), ...(problems.length === 0 ? {} : { problems }) };
}

function logReadInPart(
  { log }: SourceRequestDependencies,
  { id }: EventSource,
  { rejected, partial }: ReadSourceItems,
): void {
  const codes = Map.groupBy([...partial, ...rejected], ({ code }) => code);
  for (const [code, each] of codes)
    log.warn(
      `${String(each.length)} reports were read in part: ${code} ${each[0]?.path ?? ''} of event source \`${id}\``,
    );
}

function nothingAccepted(rejected: readonly RejectedItem[]): ConnectorError {
  const details = rejected.slice(0, MAX_PROBLEMS).map(({ index, code, path, message }) => ({
    path: `/${String(index)}${path}`,
    message: `${code}: ${message}`,
  }));
  const message =
    rejected.length === 0 ? 'the body holds no event' : 'the body holds no valid event';
  return new ConnectorError('invalidRequest', message, { details });
}

/**
 * Ingests a quarantined request of an event source again, by today's rows and clock. What still cannot be read stays there.
 * @throws ConnectorError `serviceNotAvailable`, `activityLimitReached`.
 */
export async function replaySourceRequest(
  dependencies: IngestSourceDependencies & Pick<SourceRequestDependencies, 'quarantine'>,
  source: EventSource,
  { name, request, now }: { name: string; request: QuarantinedRequest; now: DateTime },
): Promise<SourceOutcome> {
  const { receivedDateTime, requestId } = request;
  const arrival = { receivedDateTime, requestId, replayedDateTime: now };
  const items = trySplit(request.body);
  if ('problem' in items)
    return { accepted: 0, rejected: 1, unmapped: 0, unmatched: 0, problems: [items.problem] };
  const read = await ingestSourceItems(dependencies, source, items, arrival);
  const rejected = [...read.rejected, ...read.partial];
  if (rejected.length === 0) await dependencies.quarantine.remove(name);
  else await dependencies.quarantine.store(name, { ...request, rejected });
  return toOutcome(read);
}

function trySplit(body: Uint8Array): readonly SourceItem[] | { readonly problem: RejectedItem } {
  try {
    return splitEvents(body);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { problem: { index: 0, code: 'invalidEvent', path: '', message: error.message } };
  }
}
