import { createHash, createHmac } from 'node:crypto';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { WebhookEventType } from './webhookEndpoint.ts';

/** A message to an endpoint. The same announcement always gives the same bytes. */
export interface WebhookMessage {
  /** By this id the receiver drops a repeated message. */
  readonly id: string;
  readonly type: WebhookEventType;
  readonly body: string;
}

/** The event type of an announcement. */
export function webhookTypeOf({ type }: Announcement): WebhookEventType {
  return type === 'transition' ? 'mtd.device.changed' : 'mtd.device.notice';
}

/** The announcement as a CloudEvent in structured mode (CloudEvents 1.0, JSON format). */
export function toWebhookMessage(announcement: Announcement, origin: string): WebhookMessage {
  const { id, type: _type, beganDateTime: _began, occurredDateTime, ...data } = announcement;
  return {
    // Standard Webhooks: an id has no dot, because dots separate the parts of the signed content.
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

/** The name by which this system asks receivers for consent, and which each delivery repeats. */
export function toRequestOrigin(origin: string): string {
  return new URL(origin).host;
}

/**
 * The headers of a delivery (Standard Webhooks), with one signature for each secret over id, time and body. A receiver
 * that gave its consent to an origin may demand that each delivery names it (CloudEvents HTTP webhook 1.0 section 2.1).
 */
export function toWebhookHeaders(
  { id, body }: WebhookMessage,
  origin: string,
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
    'webhook-request-origin': toRequestOrigin(origin),
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
