import { createHash } from 'node:crypto';
import { ConnectorError } from '../connectorError.ts';
import type { DateTime } from '../domain/dateTime.ts';
import type { Signal } from '../domain/signal.ts';
import type { Quarantine, SignalSender } from '../ports.ts';
import type { Arrival } from './fromSepMobileEvent.ts';
import type { Parsed, Rejection } from './parsed.ts';
import { readItems } from './readItems.ts';

/** A request whose sender is known to be who it claims. */
export interface IngestRequest {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Names the request at its sender (`webhook-id`), or what stands for it. */
  readonly requestId: string;
  readonly receivedDateTime: DateTime;
}

export type RejectedItem = Rejection & { readonly index: number };

/** Contract D.1: what is said with a 202. */
export interface IngestOutcome {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
}

interface Dependencies {
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
  { signals, quarantine }: Dependencies,
  request: IngestRequest,
  parse: (item: unknown, arrival: Arrival) => Parsed,
): Promise<IngestOutcome> {
  const items = await readOrKeep(quarantine, request);
  const accepted: Signal[] = [];
  const rejected: RejectedItem[] = [];
  items.forEach((item, index) => {
    const parsed = parse(item, { ...request, index });
    if (parsed.ok) accepted.push(parsed.signal);
    else rejected.push({ index, ...parsed.rejection });
  });
  if (rejected.length > 0) await keep(quarantine, request, rejected);
  if (accepted.length === 0) throw nothingAcceptable(rejected);
  await signals.send(accepted);
  return { accepted: accepted.length, rejected };
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
  { body, ...request }: IngestRequest,
  rejected: readonly RejectedItem[],
): Promise<void> {
  const digest = createHash('sha256').update(request.requestId).update(body).digest('hex');
  const content = { ...request, rejected, bodyBase64: Buffer.from(body).toString('base64') };
  await quarantine.keep(`${digest}.json`, Buffer.from(JSON.stringify(content)));
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
