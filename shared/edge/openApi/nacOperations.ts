import { Type } from 'typebox';
import { NAC_CRITERIA } from '../callers/nac/nacQuery.ts';
import { NAC_ROLES } from '../callers/nac/nacRoles.ts';
import type { Operation, Parameter } from './operation.ts';
import { pathParameter } from './operationParts.ts';

const MAC_ADDRESS = '02005E005301';

const PAGING: Parameter = {
  name: 'paging',
  in: 'query',
  description: '`0` for the first page, otherwise the number that the page before named',
  schema: Type.Integer({ minimum: 0 }),
  example: 0,
};

const CRITERION: Parameter = {
  name: 'querycriteria',
  in: 'query',
  description:
    'The criterion of the query; `compliance` with the value `false` lists all noncompliant devices',
  schema: Type.Enum([...NAC_CRITERIA]),
  example: 'macaddress',
};

const VALUE: Parameter = {
  name: 'value',
  in: 'query',
  description: 'The value of the criterion; a MAC address may have any notation',
  schema: Type.String({ minLength: 1 }),
  example: MAC_ADDRESS,
};

const FILTER: Parameter = {
  name: 'filter',
  in: 'query',
  description: 'The requested attributes; the answer always has all known ones',
  schema: Type.String(),
  example: 'all',
};

const DIALECT = pathParameter(
  'dialect',
  '`ciscoise` for version 3, `ciscoise-v2` for version 2; `api_path` names one',
  'ciscoise',
  Type.Enum(['ciscoise', 'ciscoise-v2']),
);

const DEVICE_IDENTIFIER: Parameter = {
  name: 'deviceidentifier',
  in: 'query',
  description: 'How the devices in a list are identified; with `macaddress` also by MAC address',
  schema: Type.Enum(['guid', 'macaddress']),
};

const NacDeviceSchema = Type.Object({
  azureDeviceId: Type.String(),
  complianceState: Type.Boolean(),
  deviceOwner: Type.Enum(['Corporate', 'Personal', 'Unknown']),
  imei: Type.String(),
  isManaged: Type.Boolean(),
  lastContactTimeUtc: Type.String({ description: '`MM/DD/YYYY HH:MM:SS`' }),
  macAddress: Type.String(),
  manufacturer: Type.String(),
  meid: Type.String(),
  model: Type.String(),
  osVersion: Type.String(),
  serialNumber: Type.String(),
  udid: Type.String(),
});

const CISCO_ISE = {
  tag: 'Decisions',
  access: NAC_ROLES,
  status: 200,
  answer: Type.String({ description: 'The element `ise_api`' }),
  answerType: 'application/xml',
} as const;

/** Requests from network access controls. */
export const NAC_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/nac/devices',
    operationId: 'queryNac',
    tag: 'Decisions',
    summary:
      'Get whether a device is managed and compliant, in the form of the NAC service of Intune',
    access: NAC_ROLES,
    parameters: [
      CRITERION,
      {
        name: 'api-version',
        in: 'query',
        description: 'The version of the NAC service of Intune',
        schema: Type.Enum(['1.1']),
        example: '1.1',
      },
      VALUE,
      PAGING,
    ],
    status: 200,
    answer: Type.Union([
      NacDeviceSchema,
      Type.Object({ pagingInfo: Type.Integer(), deviceList: Type.Array(NacDeviceSchema) }),
    ]),
    errors: [429],
  },
  {
    ...CISCO_ISE,
    method: 'get',
    path: '/nac/ciscoise/mdminfo',
    operationId: 'getCiscoIseInfo',
    summary:
      'Get the supported version of the API of Cisco ISE for mobile device managers, and the path of its queries',
    parameters: [
      {
        name: 'ise_api_version',
        in: 'query',
        description: 'The highest version that the ISE supports',
        schema: Type.Integer({ minimum: 2 }),
        example: 3,
      },
    ],
    errors: [429],
  },
  {
    ...CISCO_ISE,
    method: 'get',
    path: '/nac/{dialect}/devices',
    operationId: 'queryCiscoIse',
    summary: 'Get the enrolled devices that a Cisco ISE asks about, and whether they are compliant',
    parameters: [DIALECT, PAGING, CRITERION, VALUE, DEVICE_IDENTIFIER, FILTER],
    errors: [404, 429],
  },
  {
    ...CISCO_ISE,
    method: 'post',
    path: '/nac/{dialect}/batchdevices',
    operationId: 'queryCiscoIseBatch',
    summary: 'Get up to 100 devices that the body names, for a Cisco ISE',
    parameters: [DIALECT, PAGING, CRITERION, FILTER],
    request: {
      contentTypes: ['application/xml', 'text/xml', 'application/x-www-form-urlencoded'],
      schema: Type.String({ description: 'Elements named `value` or after the criterion' }),
      example: `<ise_api><value>${MAC_ADDRESS}</value></ise_api>`,
    },
    errors: [404, 413, 415, 429],
  },
];
