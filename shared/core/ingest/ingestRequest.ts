import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';
import type { Quarantine, RejectedItem } from '../ports/quarantine.ts';
import type { SignalSender } from '../ports/queues.ts';
import type { Log } from '../../base/log.ts';
import type { Arrival } from './arrival.ts';
import { fromSepMobileEvent } from './fromSepMobileEvent.ts';
import { fromTelemetry } from './fromTelemetry.ts';
import type { Parsed } from './parsed.ts';
import { readItems, type BodyItems } from './readItems.ts';
import { storeInQuarantine } from './storeInQuarantine.ts';

/** A request from an authenticated sender. */
export interface IngestRequest {
  readonly source: 'webhook' | 'telemetry';
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
  /** The events of which something counts. */
  readonly accepted: number;
  /** The events of which nothing counts, each with the reason. */
  readonly rejected: readonly RejectedItem[];
  /** The accepted events that were read in part, each with the part that was not; absent if there are none. */
  readonly partial?: readonly RejectedItem[];
}

export interface IngestDependencies {
  readonly signals: SignalSender;
  readonly quarantine: Quarantine;
  readonly log: Log;
}

/**
 * Accepts what can be read of a request's events. Returns once Service Bus has every signal, and the quarantine has the
 * request if an event was not read whole, so an acknowledged event is never lost. A repeat of the request is harmless.
 * @throws ConnectorError `invalidRequest` if no event was accepted, `payloadTooLarge`; `serviceNotAvailable` or
 * `activityLimitReached` if the sender must try again.
 */
export async function ingestRequest(
  dependencies: IngestDependencies,
  request: IngestRequest,
): Promise<IngestOutcome> {
  const { signals, quarantine, log } = dependencies;
  const body = await readOrQuarantine(quarantine, request);
  const read = parseItems(body, request);
  const notWhole = [...read.rejected, ...read.partial];
  if (notWhole.length > 0) {
    await storeInQuarantine(quarantine, request, notWhole);
    logReadInPart(log, read);
  }
  // An event that cannot be read at all marks its device, although its sender gets an error.
  await signals.send(read.signals);
  if (read.accepted === 0) throw nothingAccepted(read.rejected);
  return toOutcome(read);
}

/** What the items of a request say. */
export interface ReadItems {
  readonly accepted: number;
  readonly signals: readonly Signal[];
  readonly rejected: readonly RejectedItem[];
  readonly partial: readonly RejectedItem[];
}

export function toOutcome({ accepted, rejected, partial }: ReadItems): IngestOutcome {
  return { accepted, rejected, ...(partial.length === 0 ? {} : { partial }) };
}

/** Reads every item of a request, each as far as it can be read. */
export function parseItems(
  { items, isRepaired }: BodyItems,
  request: IngestRequest & Pick<Arrival, 'replayedDateTime'>,
): ReadItems {
  const parse = PARSERS[request.source];
  const { receivedDateTime, replayedDateTime, requestId } = request;
  const arrival = { receivedDateTime, requestId, ...defined({ replayedDateTime }) };
  const signals: Signal[] = [];
  const rejected: RejectedItem[] = [];
  const partial: RejectedItem[] = [];
  let accepted = 0;
  items.forEach((item, index) => {
    const parsed = parse(item, { ...arrival, index });
    signals.push(...parsed.signals);
    const counted = [...new Set(parsed.signals.map(({ type }) => type))];
    const isAccepted = counted.some((type) => type !== 'reportUnreadable');
    if (isAccepted) accepted += 1;
    const into = isAccepted ? partial : rejected;
    for (const rejection of parsed.rejections)
      into.push({ index, ...rejection, ...(counted.length === 0 ? {} : { counted }) });
  });
  if (isRepaired) (accepted > 0 ? partial : rejected).push(REPAIRED);
  return { accepted, signals, rejected, partial };
}

const REPAIRED: RejectedItem = {
  index: 0,
  code: 'invalidEvent',
  path: '',
  message: 'the body is not valid JSON in UTF-8; what can be read of it counts',
};

/** The alert `reportsReadInPart` counts these lines by their code. */
function logReadInPart(log: Log, { rejected, partial }: ReadItems): void {
  const marking = rejected.filter(({ counted }) => counted !== undefined);
  const codes = Map.groupBy([...partial, ...marking], ({ code }) => code);
  for (const [code, each] of codes) {
    log.warn(`${String(each.length)} reports were read in part: ${code} ${each[0]?.path ?? ''}`);
  }
}

async function readOrQuarantine(
  quarantine: Quarantine,
  request: IngestRequest,
): Promise<BodyItems> {
  try {
    return readItems(request.body);
  } catch (error) {
    await storeInQuarantine(quarantine, request, [
      { index: 0, code: 'invalidEvent', path: '', message: String(error) },
    ]);
    throw error;
  }
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
