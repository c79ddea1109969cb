import type { DateTime } from '../../base/dateTime.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { asReplayed } from './arrival.ts';
import {
  parseItems,
  toOutcome,
  type IngestDependencies,
  type IngestRequest,
  type IngestOutcome,
} from './ingestRequest.ts';
import type { RejectedItem, QuarantinedRequest } from '../ports/quarantine.ts';
import { readItems, type BodyItems } from './readItems.ts';

/**
 * Ingests a quarantined request again, by today's rules and clock, so events that were dated ahead may be valid now.
 * The request was authenticated when it arrived. Events that were accepted then are sent again, which changes nothing.
 * Events that are still invalid stay in the quarantine, with their present reasons. Signals are sent before anything is
 * removed, so none is lost.
 * @throws ConnectorError `serviceNotAvailable`, `activityLimitReached`.
 */
export async function replayQuarantined(
  { signals, quarantine }: Omit<IngestDependencies, 'log'>,
  name: string,
  request: QuarantinedRequest & Pick<IngestRequest, 'source'>,
  now: DateTime,
): Promise<IngestOutcome> {
  const items = tryRead(request);
  if ('rejected' in items) return { accepted: 0, rejected: items.rejected };
  const read = parseItems(items.read, { ...request, replayedDateTime: now });
  await signals.send(read.signals.map(asReplayed));
  const rejected = [...read.rejected, ...read.partial];
  if (rejected.length === 0) await quarantine.remove(name);
  else await quarantine.store(name, { ...request, rejected });
  return toOutcome(read);
}

function tryRead({
  body,
}: QuarantinedRequest):
  | { readonly read: BodyItems }
  | { readonly rejected: readonly RejectedItem[] } {
  try {
    return { read: readItems(body) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { message } = error;
    return { rejected: [{ index: 0, code: 'invalidEvent', path: '', message }] };
  }
}
