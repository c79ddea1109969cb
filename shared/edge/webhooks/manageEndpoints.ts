import { randomUUID } from 'node:crypto';
import { Compile } from 'typebox/compile';
import type { Services } from '../../core/services.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { rejectUnknownOptions, requireConfigurationRole } from '../management/manageDocuments.ts';
import { toPage } from '../http/paging.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { HandlerContext } from '../http/handler.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { toEntityTag } from '../../core/configuration/entityTag.ts';
import { isReachableUrl } from '../../base/network/isReachableUrl.ts';
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
  WEBHOOK_EVENT_TYPES,
  WebhookEndpointInputSchema,
  WebhookEndpointPatchSchema,
  type WebhookEndpoint,
} from './webhookEndpoint.ts';

const Input = Compile(WebhookEndpointInputSchema);
const Patch = Compile(WebhookEndpointPatchSchema);
/** They are read together for every transition. */
const MAX_ENDPOINTS = 50;
const NO_STORE = { 'cache-control': 'no-store' };

type EndpointHandler = (request: HttpRequest, context: HandlerContext) => Promise<HttpReply>;

/** All of them. */
export const listEndpoints: EndpointHandler = async (request, context) => {
  await requireConfigurationRole(request, context);
  requireWebhooks(context.services);
  rejectUnknownOptions(request, []);
  const stored = await context.services.documents.listKind('webhookEndpoint');
  const value = stored.map(toEndpoint).map((endpoint) => toAnswer(endpoint));
  return { status: 200, headers: NO_STORE, jsonBody: toPage(request, value, undefined) };
};

/** A new one, once it has said that it wants to be told. The answer alone has its secret. */
export const createEndpoint: EndpointHandler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const { services } = context;
  const webhooks = requireWebhooks(services);
  const input = read(Input, await readJsonObject(request));
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
  return {
    status: 201,
    headers: { ...NO_STORE, location: `/api/webhookEndpoints/${endpoint.id}` },
    jsonBody: toAnswer(endpoint, toSecretText(webhooks, endpoint)),
  };
};

export const readEndpoint: EndpointHandler = async (request, context) => {
  await requireConfigurationRole(request, context);
  const { endpoint } = await requireEndpoint(request, context);
  const headers = { ...NO_STORE, etag: toEntityTag(endpoint) };
  return { status: 200, headers, jsonBody: toAnswer(endpoint) };
};

/** What the body names takes the place of what was. Another address has to consent first. */
export const updateEndpoint: EndpointHandler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const { services } = context;
  const found = await requireEndpoint(request, context);
  const { endpoint } = found;
  const patch = read(Patch, await readJsonObject(request));
  if (patch.url !== undefined && patch.url !== endpoint.url) {
    requireReachable(services, patch.url);
    await requireConsent(services.outgoing, requireWebhooks(services), patch.url);
  }
  const { disabledReason: _, ...kept } = endpoint;
  const status = patch.status ?? endpoint.status;
  const now = services.now().toISOString();
  const isResumed = endpoint.status === 'disabled' && status === 'enabled';
  const after: WebhookEndpoint = {
    ...kept,
    ...patch,
    ...(isResumed ? { resumedDateTime: now } : {}),
    ...(status === 'disabled' ? { disabledReason: endpoint.disabledReason ?? 'operator' } : {}),
    lastModifiedDateTime: now,
  };
  await saveEndpoint(context, caller, 'update', found, after);
  return { status: 200, headers: NO_STORE, jsonBody: toAnswer(after) };
};

export const deleteEndpoint: EndpointHandler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  await removeEndpoint(context, caller, await requireEndpoint(request, context));
  return { status: 204, headers: NO_STORE };
};

/** A new secret, told this once; what is sent in the next 24 hours is signed with the old one too. */
export const rotateSecret: EndpointHandler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const webhooks = requireWebhooks(context.services);
  const found = await requireEndpoint(request, context);
  const now = context.services.now().toISOString();
  const after = withNextSecret(webhooks, found.endpoint, now);
  await saveEndpoint(context, caller, 'update', found, after);
  const jsonBody = toAnswer(after, toSecretText(webhooks, after));
  return { status: 200, headers: NO_STORE, jsonBody };
};

function toAnswer(endpoint: WebhookEndpoint, secret?: string): object {
  const {
    kind: _,
    generation: __,
    keyId: ___,
    previous: ____,
    resumedDateTime: _____,
    ...shown
  } = endpoint;
  return {
    '@odata.etag': toEntityTag(endpoint),
    ...shown,
    ...(secret === undefined ? {} : { secret }),
  };
}

function read<T>(shape: Parameters<typeof checkShape<T>>[0], body: unknown): T {
  const checked = checkShape(shape, body);
  if (checked.ok) return checked.value;
  throw new ConnectorError('invalidRequest', 'the webhook endpoint is not valid', {
    details: checked.problems,
  });
}

function requireReachable({ config }: Services, url: string): void {
  if (isReachableUrl(url, config.outgoingAllowedNetworks)) return;
  throw new ConnectorError('invalidRequest', 'the webhook endpoint is not valid', {
    details: [
      { path: '/url', message: 'must be an https URL in the open internet, without a user' },
    ],
  });
}
