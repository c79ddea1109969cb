import { randomUUID } from 'node:crypto';
import type { DeliveryLog, DeliveryRecord } from '../../core/ports/logs.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../core/ports/outgoing.ts';
import type { Delivery } from '../../core/ports/target.ts';
import { fromOutgoingError, toFailure } from '../../core/publishing/toFailure.ts';
import type { WebhooksConfig } from '../../settings/readWebhooks.ts';
import { signingSecrets } from './endpointSecret.ts';
import type { WebhookEndpoint } from './webhookEndpoint.ts';
import { toWebhookHeaders, type WebhookMessage } from './webhookMessage.ts';

export interface SendDependencies {
  readonly webhooks: WebhooksConfig;
  readonly outgoing: OutgoingClient;
  readonly deliveryLog: DeliveryLog;
  readonly now: () => Date;
}

/** Standard Webhooks: the receiver wants no more of these. */
export const GONE = 'http410';

/** One delivery, signed and written down. 2xx is the receiver's word that it has it; a redirect is a failure. */
export async function sendWebhook(
  dependencies: SendDependencies,
  endpoint: WebhookEndpoint,
  message: WebhookMessage,
  signal: AbortSignal,
): Promise<{ readonly delivery: Delivery; readonly record: DeliveryRecord }> {
  const at = dependencies.now();
  const { delivery, status } = await attempt(dependencies, endpoint, message, signal, at);
  const record: DeliveryRecord = {
    id: randomUUID(),
    attemptedDateTime: at.toISOString(),
    webhookId: message.id,
    type: message.type,
    outcome: delivery.outcome === 'gone' ? 'refused' : delivery.outcome,
    durationInMilliseconds: dependencies.now().getTime() - at.getTime(),
    ...(status === undefined ? {} : { status }),
    ...(delivery.outcome === 'delivered' ? {} : { code: delivery.code }),
  };
  // What is told does not hang on its log.
  await dependencies.deliveryLog.record(endpoint.id, record).catch(() => undefined);
  return { delivery, record };
}

async function attempt(
  { webhooks, outgoing, now }: SendDependencies,
  endpoint: WebhookEndpoint,
  message: WebhookMessage,
  signal: AbortSignal,
  at: Date,
): Promise<{ readonly delivery: Delivery; readonly status?: number }> {
  const secrets = signingSecrets(webhooks, endpoint, at.toISOString());
  if (secrets.length === 0) {
    const reason = 'the master key that the secret was made from is not set any more';
    return { delivery: { outcome: 'failed', code: 'masterKeyMissing', reason } };
  }
  try {
    const answer = await outgoing.send({
      method: 'POST',
      url: endpoint.url,
      headers: toWebhookHeaders(message, secrets, at),
      body: message.body,
      signal,
    });
    return { delivery: toDelivery(answer, now()), status: answer.status };
  } catch (error) {
    return { delivery: fromOutgoingError(error) };
  }
}

function toDelivery(answer: OutgoingAnswer, now: Date): Delivery {
  const { status } = answer;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status !== 410) return toFailure(answer, now);
  return { outcome: 'gone', code: GONE, reason: 'the endpoint answered 410' };
}
