import { createHmac, timingSafeEqual } from 'node:crypto';

/** Standard Webhooks: a signature is valid for five minutes before and after its timestamp. */
const WEBHOOK_TOLERANCE_IN_SECONDS = 5 * 60;

/** One code for each cause, for the log. The sender gets the same text for all of them. */
export type SignatureFault =
  | 'headersMissing'
  | 'timestampInvalid'
  | 'timestampTooOld'
  | 'timestampTooNew'
  | 'signatureMismatch';

export interface SignedRequest {
  readonly id: string | null;
  readonly timestamp: string | null;
  readonly signature: string | null;
  /** The raw bytes: the signature covers the bytes, not the parsed value. */
  readonly body: Uint8Array;
}

/**
 * Verifies a Standard Webhooks signature (`v1`, HMAC-SHA256 over `id.timestamp.body`). Returns `undefined` if one of
 * `secrets` signed it; two secrets are valid during rotation.
 */
export function verifyWebhookSignature(
  { id, timestamp, signature, body }: SignedRequest,
  secrets: readonly Buffer[],
  now: Date,
): SignatureFault | undefined {
  if (!id || !timestamp || !signature) return 'headersMissing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'timestampInvalid';
  const ageInSeconds = now.getTime() / 1000 - Number(timestamp);
  if (ageInSeconds > WEBHOOK_TOLERANCE_IN_SECONDS) return 'timestampTooOld';
  if (ageInSeconds < -WEBHOOK_TOLERANCE_IN_SECONDS) return 'timestampTooNew';
  const offered = offeredSignatures(signature);
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', secret)
      .update(`${id}.${timestamp}.`)
      .update(body)
      .digest();
    return offered.some((candidate) => timingSafeEqual(candidate, expected));
  });
  return isSigned ? undefined : 'signatureMismatch';
}

const DIGEST_LENGTH_IN_BYTES = 32;
/** More than any rotation needs. A longer list would only cost time. */
const MAX_SIGNATURES = 8;

/**
 * The `v1` signatures of a header that may list several, of any version. Accepts only the canonical spelling of a
 * digest: a lenient decoder would accept two texts for one signature (RFC 4648 section 3.5).
 */
function offeredSignatures(header: string): readonly Buffer[] {
  return header
    .split(' ', MAX_SIGNATURES)
    .filter((entry) => entry.startsWith('v1,'))
    .map((entry) => entry.slice('v1,'.length))
    .map((text) => ({ text, digest: Buffer.from(text, 'base64') }))
    .filter(
      ({ text, digest }) =>
        digest.length === DIGEST_LENGTH_IN_BYTES && digest.toString('base64') === text,
    )
    .map(({ digest }) => digest);
}
