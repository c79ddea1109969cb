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
import { jsonBody, pathParameter } from './operationParts.ts';

/** Without a configured team, the examples get 404. */
const NOT_CONFIGURED = { status: 404 } as const;

/** Requests from Cloudflare Access and Entra. */
export const IDENTITY_OPERATIONS: readonly Operation[] = [
  {
    ...NOT_CONFIGURED,
    method: 'post',
    path: '/access/cloudflare/posture',
    operationId: 'assessCloudflarePosture',
    tag: 'Decisions',
    summary:
      'Score the health of devices, 0 to 100, for a custom device posture integration of Cloudflare; 404 if no team is configured',
    access: 'cloudflare',
    request: jsonBody(PostureRequestSchema, {
      devices: [
        {
          device_id: '9ece5fab-7398-488a-a575-e25a9a3dec07',
          serial_number: 'R5CT70ABCDE',
          mac_address: '02:00:5e:00:53:01',
        },
      ],
    }),
    otherStatuses: { 200: 'A score for each requested device, 0 for an unknown one' },
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
      'Decide whether a user has access, for an external evaluation rule of Cloudflare Access; 404 if no team is configured',
    access: 'cloudflare',
    parameters: [
      pathParameter(
        'resource',
        'The resource that the application of the rule stands for',
        'companyApp:payroll',
        ResourceSchema,
      ),
    ],
    request: jsonBody(EvaluationRequestSchema, { token: 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl' }),
    otherStatuses: {
      200: 'A signed token with `success`, true or false, and the nonce of the request',
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
      'Get the public keys that verify signed evaluations (the Keys URL of the rule); 404 if no team is configured',
    access: 'anonymous',
    otherStatuses: { 200: 'The keys, as a JSON Web Key Set' },
    answer: PublicKeysSchema,
  },
  {
    method: 'post',
    path: '/access/entra/tokenIssuanceStart',
    operationId: 'provideEntraClaims',
    tag: 'Decisions',
    summary:
      "Provide claims about the worst and the best of a user's devices, for Entra's event `onTokenIssuanceStart`",
    access: 'entra',
    request: jsonBody(TokenIssuanceStartSchema, {
      type: 'microsoft.graph.authenticationEvent.tokenIssuanceStart',
      data: {
        '@odata.type': 'microsoft.graph.onTokenIssuanceStartCalloutData',
        authenticationContext: {
          user: { userPrincipalName: 'ada@contoso.example' },
        },
      },
    }),
    status: 200,
    answer: ClaimsAnswerSchema,
    errors: [413, 415, 429],
  },
];
