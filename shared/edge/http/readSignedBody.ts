import { verifyWebhookSignature } from '../../core/ingest/verifyWebhookSignature.ts';
import { SIGNATURE, unauthenticated } from './challenges.ts';
import type { HttpRequest } from './http.ts';
import { readBody, requireNoCoding } from './readBody.ts';

/** A body that one of the partner's secrets signed, and the id that the partner gave it. */
export interface SignedBody {
  readonly id: string;
  readonly body: Uint8Array;
}

const NOTHING = new Uint8Array();

/**
 * Reads and verifies a signed body. Reads nothing if the headers alone prove the signature invalid, so only a sender
 * that knows the protocol and the time makes the connector read. `challenge` names every scheme of the endpoint.
 * @throws ConnectorError `unauthenticated` with the same text for every cause, since only the log names the failed
 * check; and what `readBody` throws.
 */
export async function readSignedBody(
  request: HttpRequest,
  secrets: readonly Buffer[],
  now: Date,
  challenge = SIGNATURE,
): Promise<SignedBody> {
  requireNoCoding(request);
  const id = request.headers.get('webhook-id') ?? '';
  const timestamp = request.headers.get('webhook-timestamp');
  const signature = request.headers.get('webhook-signature');
  const findFault = (body: Uint8Array, keys: readonly Buffer[]): string | undefined =>
    verifyWebhookSignature({ id, timestamp, signature, body }, keys, now);
  const early = findFault(NOTHING, []);
  // Without a secret nothing matches: every other fault holds for any body.
  const isReadable = early === 'signatureMismatch';
  const body = isReadable ? await readBody(request) : NOTHING;
  const fault = isReadable ? findFault(body, secrets) : early;
  if (fault === undefined) return { id, body };
  throw unauthenticated('the webhook signature is not valid', challenge, fault);
}
