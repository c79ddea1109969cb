import { createHash, createHmac } from 'node:crypto';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { WebhookEventType } from './webhookEndpoint.ts';

/** What is sent: always the same bytes for the same announcement. */
export interface WebhookMessage {
  /** What a receiver drops the repeat by. */
  readonly id: string;
  readonly type: WebhookEventType;
  readonly body: string;
}

/** What an announcement is called. */
export function webhookTypeOf({ type }: Announcement): WebhookEventType {
  return type === 'transition' ? 'mtd.device.changed' : 'mtd.device.notice';
}

/** The announcement as a CloudEvent in structured mode (CloudEvents 1.0, JSON format). */
export function toWebhookMessage(announcement: Announcement, origin: string): WebhookMessage {
  const { id, type: _, beganDateTime: __, occurredDateTime, ...data } = announcement;
  return {
    // Standard Webhooks: no dot may stand in an id, since dots part what is signed.
    id: `msg_${createHash('sha256').update(id).digest('base64url')}`,
    type: webhookTypeOf(announcement),
    body: JSON.stringify({
      specversion: '1.0',
      id,
      source: origin,
      type: webhookTypeOf(announcement),
      subject: announcement.deviceId,
      time: occurredDateTime,
      datacontenttype: 'application/json',
      data,
    }),
  };
}

/** What a delivery is sent with (Standard Webhooks): a signature for each secret, over id, time and body. */
export function toWebhookHeaders(
  { id, body }: WebhookMessage,
  secrets: readonly Buffer[],
  at: Date,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const content = `${id}.${timestamp}.${body}`;
    return `v1,${createHmac('sha256', secret).update(content).digest('base64')}`;
  });
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
