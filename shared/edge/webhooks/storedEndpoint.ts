import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { requireMatch } from '../../core/configuration/entityTag.ts';
import type { VersionedDocument } from '../../core/ports/configuration.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import type { Services } from '../../core/services.ts';
import type { WebhooksConfig } from '../../settings/readWebhooks.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { recordAudit } from '../http/recordAudit.ts';
import type { WebhookEndpoint } from './webhookEndpoint.ts';

/** The settings for webhooks. @throws ConnectorError `itemNotFound` if this system sends no webhooks. */
export function requireWebhooks({ config }: Pick<Services, 'config'>): WebhooksConfig {
  if (config.webhooks !== undefined) return config.webhooks;
  throw new ConnectorError('itemNotFound', 'this system is not configured to send webhooks');
}

/** An endpoint with the version at which it was read. */
export interface StoredEndpoint {
  readonly endpoint: WebhookEndpoint;
  readonly etag: string;
}

/** The endpoint in the route. @throws ConnectorError `itemNotFound`, `resourceModified`. */
export async function requireEndpoint(
  { params, headers }: HttpRequest,
  { services }: HandlerContext,
): Promise<StoredEndpoint> {
  requireWebhooks(services);
  const id = params['id'] ?? '';
  const stored = /^[A-Za-z0-9-]{1,64}$/.test(id)
    ? await services.documents.loadDocument('webhookEndpoint', id)
    : undefined;
  if (stored === undefined)
    throw new ConnectorError('itemNotFound', `there is no webhook endpoint \`${id}\``);
  const endpoint = toEndpoint(stored);
  requireMatch(headers.get('if-match'), endpoint);
  return { endpoint, etag: stored.etag };
}

/** The endpoint in a stored document. Endpoints are checked when they are written. */
export function toEndpoint({ document }: VersionedDocument): WebhookEndpoint {
  return document as unknown as WebhookEndpoint;
}

/**
 * Saves the endpoint over the version that was read, and audits the change.
 * @throws ConnectorError `conflict` if another request changed it first.
 */
export async function saveEndpoint(
  context: HandlerContext,
  caller: Caller,
  activity: 'create' | 'update',
  before: StoredEndpoint | undefined,
  after: WebhookEndpoint,
): Promise<void> {
  const { documents, webhooks } = context.services;
  if ((await documents.saveDocument(after, before?.etag)) === 'conflict') throw changedMeanwhile();
  webhooks.forget();
  await audit(context, caller, activity, before?.endpoint, after);
}

/**
 * Deletes the version of the endpoint that was read, and audits the change.
 * @throws ConnectorError `conflict` if another request changed it first.
 */
export async function removeEndpoint(
  context: HandlerContext,
  caller: Caller,
  { endpoint, etag }: StoredEndpoint,
): Promise<void> {
  const { documents, webhooks } = context.services;
  if ((await documents.deleteDocument(endpoint, etag)) === 'conflict') throw changedMeanwhile();
  webhooks.forget();
  await audit(context, caller, 'delete', endpoint, undefined);
}

function changedMeanwhile(): ConnectorError {
  return new ConnectorError('conflict', 'the endpoint was changed at the same time; try again');
}

function audit(
  context: HandlerContext,
  caller: Caller,
  activity: 'create' | 'update' | 'delete',
  before: WebhookEndpoint | undefined,
  after: WebhookEndpoint | undefined,
): Promise<void> {
  return recordAudit(context, caller, {
    activityType: `${activity} webhookEndpoint`,
    resourceType: 'webhookEndpoint',
    resourceId: after?.id ?? before?.id ?? '',
    ...defined({ before, after }),
  });
}
