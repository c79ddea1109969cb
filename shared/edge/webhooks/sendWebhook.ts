import { randomUUID } from 'node:crypto';
import { defined } from '../../base/defined.ts';
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

/** Standard Webhooks: the receiver wants no further deliveries. */
const GONE = 'http410';

/** Signs, sends and logs one delivery. 2xx means that the receiver has it. A redirect is a failure. */
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
    ...defined({ status }),
    ...(delivery.outcome === 'delivered' ? {} : { code: delivery.code }),
  };
  // A failing log must not fail the delivery.
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
    const reason = 'the master key of the secret is no longer set';
    return { delivery: { outcome: 'failed', code: 'masterKeyMissing', reason } };
  }
  try {
    const answer = await outgoing.send({
      method: 'POST',
      url: endpoint.url,
      headers: toWebhookHeaders(message, webhooks.origin, secrets, at),
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
