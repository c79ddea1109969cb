import { createHash } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';
import type { Quarantine, QuarantinedRequest, RejectedItem } from '../ports/quarantine.ts';
import type { SignalSender } from '../ports/queues.ts';
import { fromSepMobileEvent, type Arrival } from './fromSepMobileEvent.ts';
import { fromTelemetry } from './fromTelemetry.ts';
import type { Parsed } from './parsed.ts';
import { readItems } from './readItems.ts';

/** A request from an authenticated sender. */
export interface IngestRequest {
  readonly source: QuarantinedRequest['source'];
  readonly body: Uint8Array;
  readonly contentType: string;
  /** The sender's id of the request (`webhook-id`), or a substitute. */
  readonly requestId: string;
  readonly receivedDateTime: DateTime;
}

const PARSERS: Readonly<
  Record<IngestRequest['source'], (item: unknown, arrival: Arrival) => Parsed>
> = { webhook: fromSepMobileEvent, telemetry: fromTelemetry };

/** The body of the 202 answer. */
export interface IngestOutcome {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
}

export interface IngestDependencies {
  readonly signals: SignalSender;
  readonly quarantine: Quarantine;
}

/**
 * Accepts the valid events of a request. Returns once Service Bus has every accepted event, and the quarantine has the
 * request if an event was rejected, so an acknowledged event is never lost. A repeat of the request is harmless.
 * @throws ConnectorError `invalidRequest` if no event was accepted, `payloadTooLarge`; `serviceNotAvailable` or
 * `activityLimitReached` if the sender must try again.
 */
export async function ingestRequest(
  { signals, quarantine }: IngestDependencies,
  request: IngestRequest,
): Promise<IngestOutcome> {
  const items = await readOrQuarantine(quarantine, request);
  const { accepted, rejected } = parseItems(items, request);
  if (rejected.length > 0) await storeInQuarantine(quarantine, request, rejected);
  if (accepted.length === 0) throw nothingAccepted(rejected);
  await signals.send(accepted);
  return { accepted: accepted.length, rejected };
}

/** Separates the valid items of a request from the others. */
export function parseItems(
  items: readonly unknown[],
  request: IngestRequest,
): { readonly accepted: readonly Signal[]; readonly rejected: readonly RejectedItem[] } {
  const parse = PARSERS[request.source];
  const accepted: Signal[] = [];
  const rejected: RejectedItem[] = [];
  const { receivedDateTime, requestId } = request;
  items.forEach((item, index) => {
    const parsed = parse(item, { receivedDateTime, requestId, index });
    if (parsed.ok) accepted.push(parsed.signal);
    else rejected.push({ index, ...parsed.rejection });
  });
  return { accepted, rejected };
}

async function readOrQuarantine(
  quarantine: Quarantine,
  request: IngestRequest,
): Promise<readonly unknown[]> {
  try {
    return readItems(request.body);
  } catch (error) {
    await storeInQuarantine(quarantine, request, [
      { index: 0, code: 'invalidEvent', path: '', message: String(error) },
    ]);
    throw error;
  }
}

/** The name is a hash of the request, so a repeat overwrites the first one. */
async function storeInQuarantine(
  quarantine: Quarantine,
  request: IngestRequest,
  rejected: readonly RejectedItem[],
): Promise<void> {
  const { requestId, body } = request;
  const digest = createHash('sha256').update(requestId).update(body).digest('hex');
  await quarantine.store(`${digest}.json`, { ...request, rejected });
}

function nothingAccepted(rejected: readonly RejectedItem[]): ConnectorError {
  const details = rejected.map(({ index, code, path, message }) => ({
    path: `/${String(index)}${path}`,
    message: `${code}: ${message}`,
  }));
  return new ConnectorError(
    'invalidRequest',
    rejected.length === 0 ? 'the body holds no event' : 'the body holds no valid event',
    { details },
  );
}
