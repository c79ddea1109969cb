import { randomUUID } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { isReachableUrl, REACHABLE_URL_IN_WORDS } from '../../base/network/isReachableUrl.ts';
import { requireShape } from '../../base/validation/requireShape.ts';
import { toEntityTag } from '../../core/configuration/entityTag.ts';
import { COST_OF_A_PAGE } from '../../core/decisions/rateLimit.ts';
import type { Services } from '../../core/services.ts';
import type { Handler } from '../http/handler.ts';
import { noStore } from '../http/noStore.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { readJsonObject } from '../http/readBody.ts';
import { requireConfigurationRole } from '../management/requireConfigurationRole.ts';
import { newestKey, toSecretText, withNextSecret } from './endpointSecret.ts';
import { requireConsent } from './requireConsent.ts';
import {
  removeEndpoint,
  requireEndpoint,
  requireWebhooks,
  saveEndpoint,
  toEndpoint,
} from './storedEndpoint.ts';
import {
  INVALID_ENDPOINT,
  invalidEndpointUrl,
  WEBHOOK_EVENT_TYPES,
  WebhookEndpointInputSchema,
  WebhookEndpointPatchSchema,
  type WebhookEndpoint,
  type WebhookEndpointAnswer,
} from './webhookEndpoint.ts';

const Input = Compile(WebhookEndpointInputSchema);
const Patch = Compile(WebhookEndpointPatchSchema);
/** Each transition reads all endpoints. */
const MAX_ENDPOINTS = 50;

/** Lists all endpoints. */
export const listEndpoints: Handler = async (request, context) => {
  await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  requireWebhooks(context.services);
  rejectUnknownOptions(request, []);
  const stored = await context.services.documents.listKind('webhookEndpoint');
  const value = stored.map(toEndpoint).map((endpoint) => toAnswer(endpoint));
  return noStore({ status: 200, jsonBody: { value } });
};

/** Creates an endpoint after its receiver has consented. Only this reply has the secret. */
export const createEndpoint: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const { services } = context;
  const webhooks = requireWebhooks(services);
  const input = requireShape(Input, await readJsonObject(request), INVALID_ENDPOINT);
  requireReachable(services, input.url);
  const existing = await services.documents.listKind('webhookEndpoint');
  if (existing.length >= MAX_ENDPOINTS)
    throw new ConnectorError('conflict', `there are ${String(MAX_ENDPOINTS)} endpoints already`);
  await requireConsent(services.outgoing, webhooks, input.url);
  const now = services.now().toISOString();
  const endpoint: WebhookEndpoint = {
    id: randomUUID(),
    kind: 'webhookEndpoint',
    url: input.url,
    displayName: input.displayName ?? new URL(input.url).host,
    eventTypes: input.eventTypes ?? [...WEBHOOK_EVENT_TYPES],
    status: 'enabled',
    createdDateTime: now,
    lastModifiedDateTime: now,
    ...newestKey(webhooks, 1),
    previous: [],
  };
  await saveEndpoint(context, caller, 'create', undefined, endpoint);
  return noStore({
    status: 201,
    headers: { location: `/api/webhookEndpoints/${endpoint.id}` },
    jsonBody: toAnswer(endpoint, toSecretText(webhooks, endpoint)),
  });
};

/** Shows one endpoint. */
export const readEndpoint: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  const { endpoint } = await requireEndpoint(request, context);
  return noStore({
    status: 200,
    headers: { etag: toEntityTag(endpoint) },
    jsonBody: toAnswer(endpoint),
  });
};

/** Replaces the fields in the body. The receiver at a new URL must consent first. */
export const updateEndpoint: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const { services } = context;
  const found = await requireEndpoint(request, context);
  const { endpoint } = found;
  const patch = requireShape(Patch, await readJsonObject(request), INVALID_ENDPOINT);
  if (patch.url !== undefined && patch.url !== endpoint.url) {
    requireReachable(services, patch.url);
    await requireConsent(services.outgoing, requireWebhooks(services), patch.url);
  }
  const { disabledReason: _, ...rest } = endpoint;
  const status = patch.status ?? endpoint.status;
  const now = services.now().toISOString();
  const isResumed = endpoint.status === 'disabled' && status === 'enabled';
  const after: WebhookEndpoint = {
    ...rest,
    ...patch,
    ...(isResumed ? { resumedDateTime: now } : {}),
    ...(status === 'disabled' ? { disabledReason: endpoint.disabledReason ?? 'operator' } : {}),
    lastModifiedDateTime: now,
  };
  await saveEndpoint(context, caller, 'update', found, after);
  return noStore({ status: 200, jsonBody: toAnswer(after) });
};

/** Deletes one endpoint. */
export const deleteEndpoint: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  await removeEndpoint(context, caller, await requireEndpoint(request, context));
  return noStore({ status: 204 });
};

/** Makes a new secret, which only this reply has. For 24 hours the old secret signs too. */
export const rotateSecret: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const webhooks = requireWebhooks(context.services);
  const found = await requireEndpoint(request, context);
  const now = context.services.now().toISOString();
  const after = withNextSecret(webhooks, found.endpoint, now);
  await saveEndpoint(context, caller, 'update', found, after);
  return noStore({ status: 200, jsonBody: toAnswer(after, toSecretText(webhooks, after)) });
};

function toAnswer(endpoint: WebhookEndpoint, secret?: string): WebhookEndpointAnswer {
  const { id, url, displayName, eventTypes, status, disabledReason } = endpoint;
  const { createdDateTime, lastModifiedDateTime } = endpoint;
  return {
    '@odata.etag': toEntityTag(endpoint),
    id,
    url,
    displayName,
    eventTypes,
    status,
    createdDateTime,
    lastModifiedDateTime,
    ...defined({ disabledReason, secret }),
  };
}

function requireReachable({ config }: Services, url: string): void {
  if (isReachableUrl(url, config.outgoingAllowedNetworks)) return;
  throw invalidEndpointUrl(REACHABLE_URL_IN_WORDS);
}
