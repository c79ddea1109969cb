import { createHash, createHmac } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import type { WebhooksConfig } from '../../settings/readWebhooks.ts';
import type { WebhookEndpoint } from './webhookEndpoint.ts';

/** How long both the old and the new secret sign after a rotation. */
export const OVERLAP_IN_SECONDS = 24 * 60 * 60;
const MAX_PREVIOUS = 4;
const KEY_ID_LENGTH = 12;

type KeySource = Pick<WebhookEndpoint, 'generation' | 'keyId'>;

/** The source of a new secret: the first master key and the next generation. */
export function newestKey({ masterKeys }: WebhooksConfig, generation: number): KeySource {
  return { generation, keyId: toKeyId(masterKeys[0]) };
}

/** A name for a master key that does not reveal it. */
function toKeyId(masterKey: Buffer): string {
  return createHash('sha256').update(masterKey).digest('base64url').slice(0, KEY_ID_LENGTH);
}

/**
 * The secret of an endpoint, derived from the master key each time, so the database holds no secret. `undefined` if the
 * master key is no longer set.
 */
function secretOf(
  { masterKeys }: WebhooksConfig,
  endpointId: string,
  { generation, keyId }: KeySource,
): Buffer | undefined {
  const masterKey = masterKeys.find((each) => toKeyId(each) === keyId);
  if (masterKey === undefined) return undefined;
  const name = `webhookEndpoint ${endpointId} ${String(generation)}`;
  return createHmac('sha256', masterKey).update(name).digest();
}

/** The secret as Standard Webhooks writes it, for the reply that shows it. */
export function toSecretText(config: WebhooksConfig, endpoint: WebhookEndpoint): string {
  const secret = secretOf(config, endpoint.id, endpoint);
  return secret === undefined ? '' : `whsec_${secret.toString('base64')}`;
}

/** The secrets that sign a delivery now. After a rotation the old one signs too, so receivers have time to change. */
export function signingSecrets(
  config: WebhooksConfig,
  endpoint: WebhookEndpoint,
  now: DateTime,
): readonly Buffer[] {
  const keys = [endpoint, ...validPrevious(endpoint, now)];
  const secrets = keys.map((key) => secretOf(config, endpoint.id, key));
  return secrets.filter((secret) => secret !== undefined);
}

function validPrevious({ previous }: WebhookEndpoint, now: DateTime): WebhookEndpoint['previous'] {
  return previous.filter(({ validUntilDateTime }) => now < validUntilDateTime);
}

/**
 * The endpoint with its next secret. Each old secret signs for one more day.
 * @throws ConnectorError `conflict` if too many secrets would sign a delivery.
 */
export function withNextSecret(
  config: WebhooksConfig,
  endpoint: WebhookEndpoint,
  now: DateTime,
): WebhookEndpoint {
  const { generation, keyId } = endpoint;
  const previous = validPrevious(endpoint, now);
  if (previous.length >= MAX_PREVIOUS)
    throw new ConnectorError(
      'conflict',
      `the secret was rotated ${String(MAX_PREVIOUS)} times in a day, and all old secrets still sign`,
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
