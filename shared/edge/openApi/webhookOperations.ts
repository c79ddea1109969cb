import { Type } from 'typebox';
import {
  WebhookEndpointAnswerSchema,
  WebhookEndpointInputSchema,
  WebhookEndpointPatchSchema,
} from '../webhooks/webhookEndpoint.ts';
import { PAGING } from './accessOperations.ts';
import { DeliveryRecordSchema, PageOf } from './answerSchemas.ts';
import type { Operation, Parameter } from './operation.ts';

const READ = ['Configuration.Read.All', 'Configuration.ReadWrite.All'] as const;
const WRITE = ['Configuration.ReadWrite.All'] as const;
const JSON_TYPE = ['application/json'] as const;

const ID: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The endpoint',
  schema: Type.String(),
  example: '0b7f3c52-6a39-4c4f-9a51-1d6f4f0f2c11',
};

/** The example's endpoint is nobody's. */
const OF_ONE = { tag: 'Webhooks', status: 404, parameters: [ID] } as const;

/** Who is told by webhooks. */
export const WEBHOOK_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/webhookEndpoints',
    operationId: 'listWebhookEndpoints',
    tag: 'Webhooks',
    summary: 'Who is told by webhooks',
    access: READ,
    status: 200,
    answer: PageOf(WebhookEndpointAnswerSchema),
    errors: [404],
  },
  {
    method: 'post',
    path: '/webhookEndpoints',
    operationId: 'createWebhookEndpoint',
    tag: 'Webhooks',
    summary:
      'A new endpoint, once it has consented (`OPTIONS`, `WebHook-Allowed-Origin`); the answer alone has its secret',
    access: WRITE,
    request: {
      contentTypes: JSON_TYPE,
      schema: WebhookEndpointInputSchema,
      example: { url: 'https://receiver.invalid/hook', displayName: 'Mail gateway' },
    },
    // Where the example leads nobody consents.
    status: 400,
    otherStatuses: { 201: 'The endpoint and its secret' },
    answer: WebhookEndpointAnswerSchema,
    errors: [404, 409, 413, 415],
  },
  {
    ...OF_ONE,
    method: 'get',
    path: '/webhookEndpoints/{id}',
    operationId: 'readWebhookEndpoint',
    summary: 'One endpoint',
    access: READ,
    otherStatuses: { 200: 'The endpoint' },
    answer: WebhookEndpointAnswerSchema,
  },
  {
    ...OF_ONE,
    method: 'patch',
    path: '/webhookEndpoints/{id}',
    operationId: 'updateWebhookEndpoint',
    summary: 'Another address (which has to consent), name or choice of events; on or off',
    access: WRITE,
    request: {
      contentTypes: JSON_TYPE,
      schema: WebhookEndpointPatchSchema,
      example: { status: 'disabled' },
    },
    otherStatuses: { 200: 'The endpoint as it is now' },
    answer: WebhookEndpointAnswerSchema,
    errors: [409, 412, 413, 415],
  },
  {
    ...OF_ONE,
    method: 'delete',
    path: '/webhookEndpoints/{id}',
    operationId: 'deleteWebhookEndpoint',
    summary: 'Ends it; what waited for it is not sent any more',
    access: WRITE,
    otherStatuses: { 204: 'It is gone' },
    errors: [409, 412],
  },
  {
    ...OF_ONE,
    method: 'post',
    path: '/webhookEndpoints/{id}/rotateSecret',
    operationId: 'rotateWebhookSecret',
    summary: 'A new secret; for a day the old one signs too',
    access: WRITE,
    otherStatuses: { 200: 'The endpoint and its new secret' },
    answer: WebhookEndpointAnswerSchema,
    errors: [409, 412],
  },
  {
    ...OF_ONE,
    method: 'post',
    path: '/webhookEndpoints/{id}/test',
    operationId: 'testWebhookEndpoint',
    summary: 'Sends an event `mtd.test`, and answers what came of it',
    access: WRITE,
    otherStatuses: { 200: 'What came of it' },
    answer: DeliveryRecordSchema,
    errors: [412],
  },
  {
    ...OF_ONE,
    method: 'get',
    path: '/webhookEndpoints/{id}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'What was tried in the last week, latest first',
    access: READ,
    parameters: [ID, ...PAGING],
    otherStatuses: { 200: 'A page of it' },
    answer: PageOf(DeliveryRecordSchema),
  },
];
