import { Type } from 'typebox';
import { ResourceSchema } from '../../core/decisions/accessRequest.ts';
import { EvaluationRequestSchema } from '../callers/cloudflare/cloudflareEvaluation.ts';
import {
  PostureAnswerSchema,
  PostureRequestSchema,
} from '../callers/cloudflare/cloudflarePosture.ts';
import { ClaimsAnswerSchema, TokenIssuanceStartSchema } from '../callers/entra/entraClaims.ts';
import { PublicKeysSchema } from './answerSchemas.ts';
import type { Operation } from './operation.ts';

const JSON_TYPE = ['application/json'] as const;

/** What the examples are answered with: where no team is configured there is nothing to call. */
const NOT_CONFIGURED = { status: 404 } as const;

/** What Cloudflare Access and Entra ask. */
export const IDENTITY_OPERATIONS: readonly Operation[] = [
  {
    ...NOT_CONFIGURED,
    method: 'post',
    path: '/access/cloudflare/posture',
    operationId: 'assessCloudflarePosture',
    tag: 'Decisions',
    summary:
      'How well devices are, 0 to 100, for a custom device posture integration of Cloudflare; 404 where no team is configured',
    access: 'cloudflare',
    request: {
      contentTypes: JSON_TYPE,
      schema: PostureRequestSchema,
      example: {
        devices: [
          {
            device_id: '9ece5fab-7398-488a-a575-e25a9a3dec07',
            serial_number: 'R5CT70ABCDE',
            mac_address: '02:00:5e:00:53:01',
          },
        ],
      },
    },
    otherStatuses: { 200: 'A score for each device that was asked for, 0 where it is not known' },
    answer: PostureAnswerSchema,
    errors: [413, 415, 429],
  },
  {
    ...NOT_CONFIGURED,
    method: 'post',
    path: '/access/cloudflare/evaluate/{resource}',
    operationId: 'evaluateCloudflareAccess',
    tag: 'Decisions',
    summary:
      'May this user in, for an external evaluation rule of Cloudflare Access; 404 where no team is configured',
    access: 'cloudflare',
    parameters: [
      {
        name: 'resource',
        in: 'path',
        description: 'What the application of the rule is here',
        schema: ResourceSchema,
        example: 'companyApp:payroll',
      },
    ],
    request: {
      contentTypes: JSON_TYPE,
      schema: EvaluationRequestSchema,
      example: { token: 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl' },
    },
    otherStatuses: {
      200: 'A signed token that says `success`, true or false, and repeats the nonce',
    },
    answer: Type.Object({ token: Type.String() }),
    errors: [413, 429],
  },
  {
    ...NOT_CONFIGURED,
    method: 'get',
    path: '/access/cloudflare/keys',
    operationId: 'getCloudflareKeys',
    tag: 'Decisions',
    summary:
      'The public keys of the signed evaluations, the Keys URL of the rule; 404 where no team is configured',
    access: 'nobody',
    otherStatuses: { 200: 'The keys, as a JSON Web Key Set' },
    answer: PublicKeysSchema,
  },
  {
    method: 'post',
    path: '/access/entra/tokenIssuanceStart',
    operationId: 'provideEntraClaims',
    tag: 'Decisions',
    summary:
      "The worst and the best of a user's devices as claims, for Entra's event `onTokenIssuanceStart`",
    access: 'entra',
    request: {
      contentTypes: JSON_TYPE,
      schema: TokenIssuanceStartSchema,
      example: {
        type: 'microsoft.graph.authenticationEvent.tokenIssuanceStart',
        data: {
          '@odata.type': 'microsoft.graph.onTokenIssuanceStartCalloutData',
          authenticationContext: {
            user: { userPrincipalName: 'ada@contoso.example' },
          },
        },
      },
    },
    status: 200,
    answer: ClaimsAnswerSchema,
    errors: [413, 415, 429],
  },
];
