import {
  WebhookEndpointAnswerSchema,
  WebhookEndpointInputSchema,
  WebhookEndpointPatchSchema,
} from '../webhooks/webhookEndpoint.ts';
import { DeliveryRecordSchema, PageOf } from './answerSchemas.ts';
import type { Operation } from './operation.ts';
import {
  CONFIGURATION_READ_ROLES,
  CONFIGURATION_WRITE_ROLES,
  jsonBody,
  PAGING,
  pathParameter,
} from './operationParts.ts';

const COLLECTION = { tag: 'Webhooks', path: '/webhookEndpoints' } as const;
const ID = pathParameter('id', 'The endpoint', '0b7f3c52-6a39-4c4f-9a51-1d6f4f0f2c11');
/** The endpoint of the example does not exist, so the answer is 404. */
const ENDPOINT = {
  tag: 'Webhooks',
  path: '/webhookEndpoints/{id}',
  parameters: [ID],
  status: 404,
} as const;

/** The webhook endpoints, for operators. */
export const WEBHOOK_OPERATIONS: readonly Operation[] = [
  {
    ...COLLECTION,
    method: 'get',
    operationId: 'listWebhookEndpoints',
    summary: 'List the webhook endpoints',
    access: CONFIGURATION_READ_ROLES,
    status: 200,
    answer: PageOf(WebhookEndpointAnswerSchema),
    errors: [404],
  },
  {
    ...COLLECTION,
    method: 'post',
    operationId: 'createWebhookEndpoint',
    summary:
      'Create an endpoint after its receiver has consented (`OPTIONS`, `WebHook-Allowed-Origin`); only this answer has the secret',
    access: CONFIGURATION_WRITE_ROLES,
    request: jsonBody(WebhookEndpointInputSchema, {
      url: 'https://receiver.invalid/hook',
      displayName: 'Mail gateway',
    }),
    // No receiver consents at the URL of the example.
    status: 400,
    otherStatuses: { 201: 'The endpoint with its secret' },
    answer: WebhookEndpointAnswerSchema,
    errors: [404, 409, 413, 415],
  },
  {
    ...ENDPOINT,
    method: 'get',
    operationId: 'readWebhookEndpoint',
    summary: 'Get one endpoint',
    access: CONFIGURATION_READ_ROLES,
    otherStatuses: { 200: 'The endpoint' },
    answer: WebhookEndpointAnswerSchema,
  },
  {
    ...ENDPOINT,
    method: 'patch',
    operationId: 'updateWebhookEndpoint',
    summary:
      'Change the URL (the receiver must consent), name or event types, or enable or disable the endpoint',
    access: CONFIGURATION_WRITE_ROLES,
    request: jsonBody(WebhookEndpointPatchSchema, { status: 'disabled' }),
    otherStatuses: { 200: 'The changed endpoint' },
    answer: WebhookEndpointAnswerSchema,
    errors: [409, 412, 413, 415],
  },
  {
    ...ENDPOINT,
    method: 'delete',
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete an endpoint and its pending deliveries',
    access: CONFIGURATION_WRITE_ROLES,
    otherStatuses: { 204: 'The endpoint is deleted' },
    errors: [409, 412],
  },
  {
    ...ENDPOINT,
    method: 'post',
    path: '/webhookEndpoints/{id}/rotateSecret',
    operationId: 'rotateWebhookSecret',
    summary: 'Make a new secret; the old one signs too for one day',
    access: CONFIGURATION_WRITE_ROLES,
    otherStatuses: { 200: 'The endpoint with its new secret' },
    answer: WebhookEndpointAnswerSchema,
    errors: [409, 412],
  },
  {
    ...ENDPOINT,
    method: 'post',
    path: '/webhookEndpoints/{id}/test',
    operationId: 'testWebhookEndpoint',
    summary: 'Send an `mtd.test` event and get the result of the delivery',
    access: CONFIGURATION_WRITE_ROLES,
    otherStatuses: { 200: 'The result of the delivery' },
    answer: DeliveryRecordSchema,
    errors: [412],
  },
  {
    ...ENDPOINT,
    method: 'get',
    path: '/webhookEndpoints/{id}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries of the last week, newest first',
    access: CONFIGURATION_READ_ROLES,
    parameters: [ID, ...PAGING],
    otherStatuses: { 200: 'A page of deliveries' },
    answer: PageOf(DeliveryRecordSchema),
  },
];
