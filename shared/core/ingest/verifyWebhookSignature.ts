import { createHmac, timingSafeEqual } from 'node:crypto';

/** Standard Webhooks: a signature is good for five minutes to both sides of its timestamp. */
export const WEBHOOK_TOLERANCE_IN_SECONDS = 5 * 60;

/** One code a cause, for the log; the sender is told the same text for all of them. */
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
  /** The raw bytes: what is signed is what was sent, not what it parses to. */
  readonly body: Uint8Array;
}

/**
 * Checks a Standard Webhooks signature (`v1`, HMAC-SHA256 over `id.timestamp.body`).
 * `undefined` where one of `secrets` signed it; two secrets are valid while one replaces the other.
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
/** More than any rotation needs; a longer list only costs time. */
const MAX_SIGNATURES = 8;

/**
 * The `v1` signatures of a header that may list several, of any version. Each digest has one spelling (RFC 4648 section
 * 3.5: a decoder that takes others makes two texts of one signature).
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
