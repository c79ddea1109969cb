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

/** A request whose sender is known to be who it claims. */
export interface IngestRequest {
  readonly source: QuarantinedRequest['source'];
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Names the request at its sender (`webhook-id`), or what stands for it. */
  readonly requestId: string;
  readonly receivedDateTime: DateTime;
}

const PARSERS: Readonly<
  Record<IngestRequest['source'], (item: unknown, arrival: Arrival) => Parsed>
> = { webhook: fromSepMobileEvent, telemetry: fromTelemetry };

/** Contract D.1: what is said with a 202. */
export interface IngestOutcome {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
}

export interface IngestDependencies {
  readonly signals: SignalSender;
  readonly quarantine: Quarantine;
}

/**
 * Takes what is acceptable of a request. Returns once Service Bus has every accepted event and the quarantine every
 * request of which something was rejected, so nothing that is answered for is lost; a repeat of it is harmless.
 * @throws ConnectorError `invalidRequest` where nothing was acceptable, `payloadTooLarge`; `serviceNotAvailable` or
 * `activityLimitReached` where the sender has to come again.
 */
export async function ingestRequest(
  { signals, quarantine }: IngestDependencies,
  request: IngestRequest,
): Promise<IngestOutcome> {
  const items = await readOrKeep(quarantine, request);
  const { accepted, rejected } = parseItems(items, request);
  if (rejected.length > 0) await keep(quarantine, request, rejected);
  if (accepted.length === 0) throw nothingAcceptable(rejected);
  await signals.send(accepted);
  return { accepted: accepted.length, rejected };
}

/** What is acceptable of the items of a request, and what is not. */
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

async function readOrKeep(
  quarantine: Quarantine,
  request: IngestRequest,
): Promise<readonly unknown[]> {
  try {
    return readItems(request.body);
  } catch (error) {
    await keep(quarantine, request, [
      { index: 0, code: 'invalidEvent', path: '', message: String(error) },
    ]);
    throw error;
  }
}

/** The name follows from the request, so that a repeat overwrites and does not pile up. */
async function keep(
  quarantine: Quarantine,
  request: IngestRequest,
  rejected: readonly RejectedItem[],
): Promise<void> {
  const { requestId, body } = request;
  const digest = createHash('sha256').update(requestId).update(body).digest('hex');
  await quarantine.store(`${digest}.json`, { ...request, rejected });
}

function nothingAcceptable(rejected: readonly RejectedItem[]): ConnectorError {
  const details = rejected.map(({ index, code, path, message }) => ({
    path: `/${String(index)}${path}`,
    message: `${code}: ${message}`,
  }));
  return new ConnectorError(
    'invalidRequest',
    rejected.length === 0 ? 'the body holds no event' : 'no event of the body is acceptable',
    { details },
  );
}
