import {
  addSeconds,
  latest,
  MAX_CLOCK_SKEW_IN_SECONDS,
  type DateTime,
} from '../../base/dateTime.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { parseItems, type IngestDependencies, type IngestOutcome } from './ingestRequest.ts';
import type { RejectedItem, QuarantinedRequest } from '../ports/quarantine.ts';
import { readItems } from './readItems.ts';

/**
 * Ingests a quarantined request again, by today's rules and clock, so events that were dated ahead may be valid now.
 * The request was authenticated when it arrived. Events that were accepted then are sent again, which changes nothing.
 * Events that are still invalid stay in the quarantine, with their present reasons. Signals are sent before anything is
 * removed, so none is lost.
 * @throws ConnectorError `serviceNotAvailable`, `activityLimitReached`.
 */
export async function replayQuarantined(
  { signals, quarantine }: IngestDependencies,
  name: string,
  request: QuarantinedRequest,
  now: DateTime,
): Promise<IngestOutcome> {
  const items = tryRead(request);
  if ('rejected' in items) return { accepted: 0, rejected: items.rejected };
  const { accepted, rejected } = parseItems(items.read, { ...request, receivedDateTime: now });
  await signals.send(accepted.map((signal) => withArrival(signal, request.receivedDateTime)));
  if (rejected.length === 0) await quarantine.remove(name);
  else await quarantine.store(name, { ...request, rejected });
  return { accepted: accepted.length, rejected };
}

/**
 * The signal with the original time of arrival: a replay does not show that the partner is alive now. A signal that was
 * dated ahead arrives as late as its date requires, because the worker refuses a signal from the future.
 */
function withArrival(signal: Signal, arrivedDateTime: DateTime): Signal {
  const earliestDateTime = addSeconds(signal.observedDateTime, -MAX_CLOCK_SKEW_IN_SECONDS);
  const receivedDateTime = latest(arrivedDateTime, earliestDateTime) ?? arrivedDateTime;
  return { ...signal, receivedDateTime };
}

function tryRead({
  body,
}: QuarantinedRequest):
  | { readonly read: readonly unknown[] }
  | { readonly rejected: readonly RejectedItem[] } {
  try {
    return { read: readItems(body) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { message } = error;
    return { rejected: [{ index: 0, code: 'invalidEvent', path: '', message }] };
  }
}
