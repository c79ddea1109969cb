import { createHash, createHmac } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import type { WebhooksConfig } from '../../settings/readWebhooks.ts';
import type { WebhookEndpoint } from './webhookEndpoint.ts';

/** As long as both signatures are sent after a rotation. */
export const OVERLAP_IN_SECONDS = 24 * 60 * 60;
const MAX_PREVIOUS = 4;
const KEY_ID_LENGTH = 12;

type MadeFrom = Pick<WebhookEndpoint, 'generation' | 'keyId'>;

/** What a new secret is made from. */
export function newestKey({ masterKeys }: WebhooksConfig, generation: number): MadeFrom {
  return { generation, keyId: toKeyId(masterKeys[0]) };
}

/** Tells master keys apart without telling them. */
function toKeyId(masterKey: Buffer): string {
  return createHash('sha256').update(masterKey).digest('base64url').slice(0, KEY_ID_LENGTH);
}

/**
 * The secret of an endpoint, made anew each time from the master key: what the database holds opens nothing. `undefined`
 * where the master key is not set any more.
 */
function secretOf(
  { masterKeys }: WebhooksConfig,
  endpointId: string,
  { generation, keyId }: MadeFrom,
): Buffer | undefined {
  const masterKey = masterKeys.find((each) => toKeyId(each) === keyId);
  if (masterKey === undefined) return undefined;
  const name = `webhookEndpoint ${endpointId} ${String(generation)}`;
  return createHmac('sha256', masterKey).update(name).digest();
}

/** The secret as Standard Webhooks writes it, for the one moment in which it is told. */
export function toSecretText(config: WebhooksConfig, endpoint: WebhookEndpoint): string {
  const secret = secretOf(config, endpoint.id, endpoint);
  return secret === undefined ? '' : `whsec_${secret.toString('base64')}`;
}

/** With what a delivery is signed now: after a rotation with the old secret too, so that nobody has to hurry. */
export function signingSecrets(
  config: WebhooksConfig,
  endpoint: WebhookEndpoint,
  now: DateTime,
): readonly Buffer[] {
  const keys = [endpoint, ...stillValid(endpoint, now)];
  const made = keys.map((key) => secretOf(config, endpoint.id, key));
  return made.filter((secret) => secret !== undefined);
}

function stillValid({ previous }: WebhookEndpoint, now: DateTime): WebhookEndpoint['previous'] {
  return previous.filter(({ validUntilDateTime }) => now < validUntilDateTime);
}

/**
 * The endpoint with its next secret; each old one is good for a day more.
 * @throws ConnectorError `conflict` where a delivery would be signed with too many.
 */
export function withNextSecret(
  config: WebhooksConfig,
  endpoint: WebhookEndpoint,
  now: DateTime,
): WebhookEndpoint {
  const { generation, keyId } = endpoint;
  const previous = stillValid(endpoint, now);
  if (previous.length >= MAX_PREVIOUS)
    throw new ConnectorError(
      'conflict',
      `the secret was rotated ${String(MAX_PREVIOUS)} times in a day, and all of them are still in use`,
    );
  return {
    ...endpoint,
    ...newestKey(config, generation + 1),
    lastModifiedDateTime: now,
    previous: [
      { generation, keyId, validUntilDateTime: addSeconds(now, OVERLAP_IN_SECONDS) },
      ...previous,
    ],
  };
}
