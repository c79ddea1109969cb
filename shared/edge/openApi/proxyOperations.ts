import { Type } from 'typebox';
import { ResourceSchema } from '../../core/decisions/accessRequest.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import type { Operation, Parameter } from './operation.ts';

const RESOURCE: Parameter = {
  name: 'resource',
  in: 'path',
  description: 'What is guarded',
  schema: ResourceSchema,
  example: 'companyApp:payroll',
};

const USER: Parameter = {
  name: 'x-user-principal-name',
  in: 'header',
  description: 'The user, where the proxy knows',
  schema: Type.String({ minLength: 1, maxLength: 1024 }),
};

const DEVICE: Parameter = {
  name: 'x-device-id',
  in: 'header',
  description: 'The device, where no client certificate proves it',
  schema: DeviceIdSchema,
  example: 'example-phone',
};

/** A trusted proxy's word on a certificate, as nginx gives it. */
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
  description: 'Envoy: the client certificate, of which the last `URI` is read',
  schema: Type.String(),
};

const NGINX: Operation = {
  method: 'get',
  path: '/access/nginx/{resource}',
  operationId: 'authorizeNginx',
  tag: 'Decisions',
  summary: 'nginx `auth_request`: may this request pass; why not, and where to, in headers',
  access: ['Access.Decide'],
  parameters: [RESOURCE, DEVICE, USER, ...NGINX_CERTIFICATE],
  status: 403,
  otherStatuses: { 204: 'It may pass' },
  refusals: {
    401: 'No device is named, or the proxy’s token is missing or not valid',
    403: 'It may not; `x-access-reason` and `x-remediation-location` say more. Or the token lacks the role',
  },
  errors: [429],
};

const ENVOY_METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const;

function toEnvoyOperation(method: (typeof ENVOY_METHODS)[number], hasPath: boolean): Operation {
  const path: Parameter = {
    name: 'path',
    in: 'path',
    description: 'The rest of the path, whatever it is; not looked at',
    schema: Type.String(),
    example: 'reports',
  };
  return {
    method,
    path: `/access/envoy/{resource}${hasPath ? '/{path}' : ''}`,
    operationId: `authorizeEnvoy-${method}${hasPath ? '-path' : ''}`,
    tag: 'Decisions',
    summary: 'Envoy `ext_authz` over HTTP: may this request pass; 200 or 403, whatever happens',
    access: ['Access.Decide'],
    parameters: [RESOURCE, ...(hasPath ? [path] : []), DEVICE, USER, ENVOY_CERTIFICATE],
    status: 403,
    otherStatuses: { 200: 'It may pass' },
    refusals: { 403: 'It may not; `x-access-reason` says why' },
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
  summary: 'FreeRADIUS `rlm_rest`, section `authorize`: may this device onto the network',
  access: ['Access.Decide'],
  parameters: [
    { ...RESOURCE, example: 'wifi' },
    {
      name: 'mac',
      in: 'query',
      description: 'The MAC address, in any usual writing',
      schema: Type.String(),
      example: '02-00-5E-00-53-01',
    },
    {
      name: 'certificateUri',
      in: 'query',
      description:
        'The URI `IntuneDeviceId://…` of the certificate that FreeRADIUS verified; goes before the MAC address',
      schema: Type.String(),
    },
  ],
  status: 401,
  answer: Type.Object({
    'reply:Tunnel-Type': RadiusAttributeSchema,
    'reply:Tunnel-Medium-Type': RadiusAttributeSchema,
    'reply:Tunnel-Private-Group-Id': RadiusAttributeSchema,
  }),
  otherStatuses: { 200: 'It may not, and goes into the quarantine VLAN', 204: 'It may' },
  refusals: {
    401: 'It may not; or the device, the resource or the token is not valid',
    403: 'The token lacks the role',
    404: 'It may not, as it is not enrolled',
    429: 'The caller asks too often; come again after `Retry-After`',
    500: 'A fault of the connector',
    503: 'Something that is needed does not answer',
  },
  hasOwnErrors: true,
};

/** What nginx, Envoy and FreeRADIUS ask. */
export const PROXY_OPERATIONS: readonly Operation[] = [
  NGINX,
  ...ENVOY_METHODS.flatMap((method) => [
    toEnvoyOperation(method, false),
    toEnvoyOperation(method, true),
  ]),
  RADIUS,
];
