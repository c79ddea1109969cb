import type { DateTime } from '../../base/dateTime.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { parseItems, type IngestDependencies, type IngestOutcome } from './ingestRequest.ts';
import type { RejectedItem, QuarantinedRequest } from '../ports/quarantine.ts';
import { readItems } from './readItems.ts';

/**
 * Takes a request out of the quarantine as far as it is acceptable now: by today's rules, and with today's clock for
 * what was dated ahead. What was accepted when it came is sent once more, which changes nothing. It was authenticated
 * then. What is still wrong stays, with the reasons of now; sent first and removed then, so that nothing is lost in
 * between.
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
  const { receivedDateTime } = request;
  // It does not say that the partner is there now.
  await signals.send(accepted.map((signal) => ({ ...signal, receivedDateTime })));
  if (rejected.length === 0) await quarantine.remove(name);
  else await quarantine.store(name, { ...request, rejected });
  return { accepted: accepted.length, rejected };
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
