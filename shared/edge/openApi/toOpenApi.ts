import { defined } from '../../base/defined.ts';
import { ACCESS_OPERATIONS } from './accessOperations.ts';
import { ErrorSchema } from './answerSchemas.ts';
import { IDENTITY_OPERATIONS } from './identityOperations.ts';
import { MANAGEMENT_OPERATIONS } from './managementOperations.ts';
import { NAC_OPERATIONS } from './nacOperations.ts';
import type { Operation, Parameter } from './operation.ts';
import { OPERATOR_OPERATIONS } from './operatorOperations.ts';
import { PARTNER_OPERATIONS } from './partnerOperations.ts';
import { PROXY_OPERATIONS } from './proxyOperations.ts';
import { REMEDIATION_OPERATIONS } from './remediationOperations.ts';
import { SOURCE_OPERATIONS } from './sourceOperations.ts';
import { SSF_OPERATIONS } from './ssfOperations.ts';
import { WEBHOOK_OPERATIONS } from './webhookOperations.ts';

export const OPERATIONS: readonly Operation[] = [
  ...PARTNER_OPERATIONS,
  ...ACCESS_OPERATIONS,
  ...PROXY_OPERATIONS,
  ...NAC_OPERATIONS,
  ...IDENTITY_OPERATIONS,
  ...REMEDIATION_OPERATIONS,
  ...SSF_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...SOURCE_OPERATIONS,
  ...MANAGEMENT_OPERATIONS,
  ...OPERATOR_OPERATIONS,
];

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `details` names each field and what is allowed',
  401: 'The token or the signature is missing or not valid',
  403: 'The token lacks a required role',
  404: 'Not found',
  409: 'The change would lock everyone out, or conflicts with the current state or with other changes',
  412: 'The resource was changed since it was read',
  413: 'The body is too large',
  415: 'The content type is not supported',
  429: 'Too many requests; retry after `Retry-After`',
  500: 'An internal error; the log has the request id',
  503: 'A required service does not answer; retry after `Retry-After`',
};

const TAGS: Readonly<Record<Operation['tag'], string>> = {
  'SEP Mobile': 'Events and telemetry from the SEP Mobile cloud',
  'Event sources': 'Events in the words of their vendors, and what those words mean',
  Decisions: 'Access decisions for gateways, proxies and identity providers',
  'Event streams': 'CAEP events by the Shared Signals Framework 1.0',
  Webhooks: 'Signed webhooks',
  Devices: 'Enrolled devices, as Graph `managedDevice`',
  Configuration:
    'Policies, connector, settings and threat definitions, with the conventions of Graph',
  Operations: 'Health, setup, audit and tasks for operators',
};

/** How callers authenticate. */
const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token for this API; any one of the roles in `x-roles` is enough',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      'Standard Webhooks: `v1,` followed by the base64 HMAC-SHA256 of id, timestamp and body',
  },
  sourceSecret: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description:
      'The secret of an event source; its document may name another header, or a query option',
  },
  cloudflare: {
    type: 'apiKey',
    in: 'header',
    name: 'Cf-Access-Jwt-Assertion',
    description:
      'A token that Cloudflare Access signed for the configured team; an external evaluation sends it in the body, as `token`',
  },
  entra: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "An access token for this API that was issued to Entra's authentication events service",
  },
} as const;
/** RFC 9110: a response with one of these statuses has no body. */
const BODILESS = new Set(['204', '304']);

const ERROR = { $ref: '#/components/responses/Error' } as const;

/**
 * The API as OpenAPI 3.1, from the same schemas that validate requests. `server` is its base URL, or only the path of
 * it: a relative one is relative to the document (OpenAPI 3.1.1 section 4.5.2).
 */
export function toOpenApi(server: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: toOperation(operation, server),
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Mobile Threat Defense connector',
      version: '1',
      summary: 'Turns SEP Mobile reports about phones into access decisions',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { Error: ErrorSchema },
      responses: {
        Error: {
          description: 'The error',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  };
}

function toOperation(operation: Operation, server: string): object {
  const { operationId, tag, summary, parameters, request } = operation;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(isAtRoot(operation) ? { servers: [{ url: URL.parse(server)?.origin ?? '/' }] } : {}),
    ...securityOf(operation),
    ...defined({
      parameters: parameters?.map(toParameter),
      requestBody: request && toRequestBody(request),
    }),
    responses: toResponses(operation),
  };
}

/** RFC 8615: a well-known path is at the root of its host. */
function isAtRoot({ path }: Operation): boolean {
  return path.startsWith('/.well-known/');
}

function securityOf({ access, orSignature, orSourceSecret }: Operation): object {
  if (access === 'anonymous') return { security: [] };
  if (access === 'signature') return { security: [{ signature: [] }] };
  if (access === 'entra' || access === 'cloudflare') return { security: [{ [access]: [] }] };
  return {
    security: [
      { token: [] },
      ...(orSignature === true ? [{ signature: [] }] : []),
      ...(orSourceSecret === true ? [{ sourceSecret: [] }] : []),
    ],
    'x-roles': access,
  };
}

function toParameter({ name, in: place, description, schema, example }: Parameter): object {
  return {
    name,
    in: place,
    description,
    schema,
    ...(place === 'path' ? { required: true } : {}),
    ...defined({ example }),
  };
}

function toRequestBody({
  contentTypes,
  schema,
  example,
}: NonNullable<Operation['request']>): object {
  const content = contentTypes.map((type, at) => [
    type,
    { schema, ...(at === 0 ? { example } : {}) },
  ]);
  return { required: true, content: Object.fromEntries(content) as object };
}

function toResponses({
  status,
  answer,
  answerType,
  otherStatuses = {},
  refusals = {},
  hasOwnErrors = false,
  errors = [],
  access,
}: Operation): object {
  const content =
    answer === undefined
      ? {}
      : { content: { [answerType ?? 'application/json']: { schema: answer } } };
  const guards = access === 'anonymous' ? [] : access === 'signature' ? [401] : [401, 403];
  const faults = hasOwnErrors
    ? []
    : [400, ...guards, ...errors, 429, 500, 503].filter((each) => each !== status);
  return {
    [status]: status < 400 ? { description: 'Success', ...content } : ERROR,
    ...Object.fromEntries(
      Object.entries(otherStatuses).map(([each, description]) => [
        each,
        { description, ...(BODILESS.has(each) ? {} : content) },
      ]),
    ),
    ...Object.fromEntries(faults.map((each) => [each, { ...ERROR, description: ERRORS[each] }])),
    ...Object.fromEntries(
      Object.entries(refusals).map(([each, description]) => [each, { description }]),
    ),
  };
}
