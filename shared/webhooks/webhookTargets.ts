import { Compile } from 'typebox/compile';
import type { Announcement } from '../domain/announcement.ts';
import { checkShape } from '../ingest/checkShape.ts';
import type { ConfigurationDocuments } from '../ports.ts';
import type { Delivery, ListTargets, Target } from '../publish/target.ts';
import { remember } from '../remember.ts';
import { GONE, sendWebhook, type SendDependencies } from './sendWebhook.ts';
import { WebhookEndpointSchema, type WebhookEndpoint } from './webhookEndpoint.ts';
import { toWebhookMessage, webhookTypeOf } from './webhookMessage.ts';

const StoredEndpoint = Compile(WebhookEndpointSchema);

export interface WebhookDependencies extends SendDependencies {
  readonly documents: ConfigurationDocuments;
  readonly cacheInSeconds: number;
}

/** The endpoints as targets, and what forgets them where one was changed. */
export interface WebhookTargets {
  readonly list: ListTargets;
  readonly forget: () => void;
}

/** Where this system sends no webhooks. */
export const NO_WEBHOOKS: WebhookTargets = {
  list: () => Promise.resolve([]),
  forget: () => undefined,
};

/** Every endpoint that is enabled; one that cannot be read is kept for as if it were paused. */
export function createWebhookTargets(dependencies: WebhookDependencies): WebhookTargets {
  const { documents, cacheInSeconds, now } = dependencies;
  const remembered = remember(
    async () => {
      const stored = await documents.listKind('webhookEndpoint');
      return stored.flatMap(
        ({ document }) => toTarget(dependencies, document, () => remembered.forget()) ?? [],
      );
    },
    cacheInSeconds,
    now,
  );
  return { list: remembered.get, forget: remembered.forget };
}

function toTarget(
  dependencies: WebhookDependencies,
  document: { readonly id: string },
  forget: () => void,
): Target | undefined {
  const id = `webhookEndpoint:${document.id}`;
  const checked = checkShape(StoredEndpoint, structuredClone(document));
  if (!checked.ok) {
    const reason = `the endpoint cannot be read: ${checked.problems[0]?.path ?? ''}`;
    const failed: Delivery = { outcome: 'failed', code: 'endpointInvalid', reason };
    return { id, isPaused: true, deliver: () => Promise.resolve(failed) };
  }
  const endpoint = checked.value;
  if (endpoint.status === 'disabled') return undefined;
  return {
    id,
    isPaused: false,
    deliver: (announcement, signal) =>
      tellEndpoint(dependencies, endpoint, announcement, signal, forget),
  };
}

async function tellEndpoint(
  dependencies: WebhookDependencies,
  endpoint: WebhookEndpoint,
  announcement: Announcement,
  signal: AbortSignal,
  forget: () => void,
): Promise<Delivery> {
  const isWanted = endpoint.eventTypes.some((type) => type === webhookTypeOf(announcement));
  if (!isWanted) return { outcome: 'delivered' };
  const message = toWebhookMessage(announcement, dependencies.webhooks.origin);
  const { delivery } = await sendWebhook(dependencies, endpoint, message, signal);
  if (delivery.outcome === 'refused' && delivery.code === GONE) {
    await disableGone(dependencies, endpoint.id);
    forget();
  }
  return delivery;
}

/** Standard Webhooks: after a 410 nothing more is sent, until somebody enables the endpoint again. */
async function disableGone(
  { documents, now }: WebhookDependencies,
  endpointId: string,
): Promise<void> {
  const stored = await documents.loadDocument('webhookEndpoint', endpointId);
  if (stored === undefined) return;
  // Whoever was first with another change knows better: the next delivery asks again.
  await documents.saveDocument(
    {
      ...stored.document,
      status: 'disabled',
      disabledReason: 'gone',
      lastModifiedDateTime: now().toISOString(),
    },
    stored.etag,
  );
}
