import { verifyWebhookSignature } from '../../core/ingest/verifyWebhookSignature.ts';
import { SIGNATURE, unauthenticated } from './challenges.ts';
import type { HttpRequest } from './http.ts';
import { readBody, requireCoding } from './readBody.ts';

/** A body that one of the partner's secrets signed, and the id that the partner gave it. */
export interface SignedBody {
  readonly id: string;
  readonly body: Uint8Array;
}

interface SigningEndpoint {
  /** Names every scheme of the endpoint. */
  readonly challenge?: string;
  /** The text of the error, whatever its cause. */
  readonly message?: string;
  /** The content codings of the body. The signature covers the bytes as they are sent. */
  readonly codings?: readonly string[];
}

const NOTHING = new Uint8Array();

/**
 * Reads and verifies a signed body. Reads nothing if the headers alone prove the signature invalid, so only a sender
 * that knows the protocol and the time makes the connector read.
 * @throws ConnectorError `unauthenticated` with the same text for every cause, since only the log names the failed
 * check; and what `readBody` throws.
 */
export async function readSignedBody(
  request: HttpRequest,
  secrets: readonly Buffer[],
  now: Date,
  {
    challenge = SIGNATURE,
    message = 'the webhook signature is not valid',
    codings = ['identity'],
  }: SigningEndpoint = {},
): Promise<SignedBody> {
  requireCoding(request, codings);
  const id = request.headers.get('webhook-id') ?? '';
  const timestamp = request.headers.get('webhook-timestamp');
  const signature = request.headers.get('webhook-signature');
  const findFault = (body: Uint8Array, keys: readonly Buffer[]): string | undefined =>
    verifyWebhookSignature({ id, timestamp, signature, body }, keys, now);
  const early = findFault(NOTHING, []);
  // Without a secret nothing matches: every other fault holds for any body.
  const isReadable = early === 'signatureMismatch';
  const body = isReadable ? await readBody(request, codings) : NOTHING;
  const fault = isReadable ? findFault(body, secrets) : early;
  if (fault === undefined) return { id, body };
  throw unauthenticated(message, challenge, fault);
}
