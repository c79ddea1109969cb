import { Compile } from 'typebox/compile';
import { defined } from '../../base/defined.ts';
import type { ConfigurationDocuments } from '../../core/ports/configuration.ts';
import type { AuditLog } from '../../core/ports/logs.ts';
import type { Delivery } from '../../core/ports/target.ts';
import {
  createDocumentTargets,
  type DocumentTargets,
} from '../../core/publishing/documentTargets.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import { sendWebhook, type SendDependencies } from './sendWebhook.ts';
import { WebhookEndpointSchema, type WebhookEndpoint } from './webhookEndpoint.ts';
import { toWebhookMessage, webhookTypeOf } from './webhookMessage.ts';

const StoredEndpoint = Compile(WebhookEndpointSchema);

export interface WebhookDependencies extends SendDependencies {
  readonly documents: ConfigurationDocuments;
  readonly audit: AuditLog;
  readonly cacheInSeconds: number;
}

/** The enabled endpoints, as targets. */
export function createWebhookTargets(dependencies: WebhookDependencies): DocumentTargets {
  const targets = createDocumentTargets({
    ...dependencies,
    kind: 'webhookEndpoint',
    shape: StoredEndpoint,
    toTarget: (endpoint: WebhookEndpoint, id) =>
      endpoint.status === 'disabled'
        ? undefined
        : {
            id,
            isPaused: false,
            ...defined({ resumedDateTime: endpoint.resumedDateTime }),
            deliver: (announcement, signal) =>
              deliverToEndpoint(dependencies, endpoint, announcement, signal, () =>
                targets.forget(),
              ),
          },
  });
  return targets;
}

async function deliverToEndpoint(
  dependencies: WebhookDependencies,
  endpoint: WebhookEndpoint,
  announcement: Announcement,
  signal: AbortSignal,
  forget: () => void,
): Promise<Delivery> {
  const isSubscribed = endpoint.eventTypes.some((type) => type === webhookTypeOf(announcement));
  if (!isSubscribed) return { outcome: 'delivered' };
  const message = toWebhookMessage(announcement, dependencies.webhooks.origin);
  const { delivery } = await sendWebhook(dependencies, endpoint, message, signal);
  if (delivery.outcome === 'gone') {
    await disableGone(dependencies, endpoint.id);
    forget();
  }
  return delivery;
}

/** Standard Webhooks: after a 410 nothing more is sent until an operator enables the endpoint again. */
async function disableGone(
  { documents, audit, now }: WebhookDependencies,
  endpointId: string,
): Promise<void> {
  const stored = await documents.loadDocument('webhookEndpoint', endpointId);
  if (stored === undefined || stored.document['status'] === 'disabled') return;
  const lastModifiedDateTime = now().toISOString();
  const change = { status: 'disabled', disabledReason: 'gone', lastModifiedDateTime };
  const saved = await documents.saveDocument({ ...stored.document, ...change }, stored.etag);
  // Another request changed the endpoint first. The next delivery will get 410 again if it is still gone.
  if (saved === 'conflict') return;
  await audit.record({
    id: `gone:${endpointId}:${lastModifiedDateTime}`,
    activityDateTime: lastModifiedDateTime,
    activityType: 'disable webhookEndpoint',
    activityResult: 'success',
    // The receiver caused the change, and no caller of the API.
    actor: {},
    resourceType: 'webhookEndpoint',
    resourceId: endpointId,
    after: change,
  });
}
