import { ConnectorError } from '../../base/connectorError.ts';
import { verifyWebhookSignature } from '../../core/ingest/verifyWebhookSignature.ts';
import type { HttpRequest } from './http.ts';

/**
 * The `webhook-id` of a request that one of the partner's secrets signed.
 * @throws ConnectorError `unauthenticated` with the same text for every cause. Only the log names the failed check.
 */
export function requireSignature(
  request: HttpRequest,
  body: Uint8Array,
  secrets: readonly Buffer[],
  now: Date,
): string {
  const id = request.headers.get('webhook-id');
  const fault = verifyWebhookSignature(
    {
      id,
      timestamp: request.headers.get('webhook-timestamp'),
      signature: request.headers.get('webhook-signature'),
      body,
    },
    secrets,
    now,
  );
  if (fault !== undefined || id === null) {
    throw new ConnectorError('unauthenticated', 'the webhook signature is not valid', {
      cause: fault,
    });
  }
  return id;
}
