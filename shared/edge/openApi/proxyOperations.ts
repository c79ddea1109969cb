import { Type } from 'typebox';
import { ResourceSchema } from '../../core/decisions/accessRequest.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import type { Operation, Parameter } from './operation.ts';
import { pathParameter } from './operationParts.ts';

const RESOURCE = pathParameter(
  'resource',
  'The protected resource',
  'companyApp:payroll',
  ResourceSchema,
);

const USER: Parameter = {
  name: 'x-user-principal-name',
  in: 'header',
  description: 'The user, if the proxy knows it',
  schema: Type.String({ minLength: 1, maxLength: 1024 }),
};

const DEVICE: Parameter = {
  name: 'x-device-id',
  in: 'header',
  description: 'The device, if no client certificate proves it',
  schema: DeviceIdSchema,
  example: 'example-phone',
};

/** A client certificate and its verification, as nginx passes them on. */
const NGINX_CERTIFICATE: readonly Parameter[] = [
  {
    name: 'x-client-certificate',
    in: 'header',
    description: 'nginx: `$ssl_client_escaped_cert`',
    schema: Type.String(),
  },
  {
    name: 'x-client-verify',
    in: 'header',
    description: 'nginx: `$ssl_client_verify`',
    schema: Type.String(),
  },
];

const ENVOY_CERTIFICATE: Parameter = {
  name: 'x-forwarded-client-cert',
  in: 'header',
  description: 'Envoy: the client certificate; the last `URI` is read',
  schema: Type.String(),
};

const NGINX: Operation = {
  method: 'get',
  path: '/access/nginx/{resource}',
  operationId: 'authorizeNginx',
  tag: 'Decisions',
  summary:
    'nginx `auth_request`: decide whether to allow a request; headers say why not and where to go',
  access: ['Access.Decide'],
  parameters: [RESOURCE, DEVICE, USER, ...NGINX_CERTIFICATE],
  status: 403,
  otherStatuses: { 204: 'Allowed' },
  refusals: {
    401: 'The request names no device, or the token of the proxy is missing or not valid',
    403: 'Blocked; `x-access-reason` and `x-remediation-location` say more. Or the token lacks the role',
  },
  errors: [429],
};

const ENVOY_METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const;

function toEnvoyOperation(method: (typeof ENVOY_METHODS)[number], hasPath: boolean): Operation {
  const path = pathParameter('path', 'The rest of the path, which is ignored', 'reports');
  return {
    method,
    path: `/access/envoy/{resource}${hasPath ? '/{path}' : ''}`,
    operationId: `authorizeEnvoy-${method}${hasPath ? '-path' : ''}`,
    tag: 'Decisions',
    summary:
      'Envoy `ext_authz` over HTTP: decide whether to allow a request; always 200 or 403, also for errors',
    access: ['Access.Decide'],
    parameters: [RESOURCE, ...(hasPath ? [path] : []), DEVICE, USER, ENVOY_CERTIFICATE],
    status: 403,
    otherStatuses: { 200: 'Allowed' },
    refusals: { 403: 'Blocked; `x-access-reason` says why' },
    hasOwnErrors: true,
  };
}

const RadiusAttributeSchema = Type.Object({
  do_xlat: Type.Literal(false),
  op: Type.Literal(':='),
  value: Type.Array(Type.String(), { minItems: 1, maxItems: 1 }),
});

const RADIUS: Operation = {
  method: 'get',
  path: '/access/radius/{resource}',
  operationId: 'authorizeRadius',
  tag: 'Decisions',
  summary:
    'FreeRADIUS `rlm_rest`, section `authorize`: decide whether to allow a device on the network',
  access: ['Access.Decide'],
  parameters: [
    { ...RESOURCE, example: 'wifi' },
    {
      name: 'mac',
      in: 'query',
      description: 'The MAC address, in any usual notation',
      schema: Type.String(),
      example: '02-00-5E-00-53-01',
    },
    {
      name: 'certificateUri',
      in: 'query',
      description:
        'The URI `IntuneDeviceId://…` of the certificate that FreeRADIUS verified; it takes precedence over the MAC address',
      schema: Type.String(),
    },
  ],
  status: 401,
  answer: Type.Object({
    'reply:Tunnel-Type': RadiusAttributeSchema,
    'reply:Tunnel-Medium-Type': RadiusAttributeSchema,
    'reply:Tunnel-Private-Group-Id': RadiusAttributeSchema,
  }),
  otherStatuses: { 200: 'Blocked, and put into the quarantine VLAN', 204: 'Allowed' },
  refusals: {
    401: 'Blocked; or the device, the resource or the token is not valid',
    403: 'The token lacks the role',
    404: 'Blocked, because the device is not enrolled',
    429: 'Too many requests; retry after `Retry-After`',
    500: 'An internal error',
    503: 'A required service does not answer',
  },
  hasOwnErrors: true,
};

/** Requests from nginx, Envoy and FreeRADIUS. */
export const PROXY_OPERATIONS: readonly Operation[] = [
  NGINX,
  ...ENVOY_METHODS.flatMap((method) => [
    toEnvoyOperation(method, false),
    toEnvoyOperation(method, true),
  ]),
  RADIUS,
];
