import { Type } from 'typebox';
import { NAC_CRITERIA } from '../callers/nac/nacQuery.ts';
import type { Operation, Parameter } from './operation.ts';

const MAC_ADDRESS = '02005E005301';

const PAGING: Parameter = {
  name: 'paging',
  in: 'query',
  description: '`0` for the first page, else what the page before said',
  schema: Type.Integer({ minimum: 0 }),
  example: 0,
};

const CRITERION: Parameter = {
  name: 'querycriteria',
  in: 'query',
  description:
    'By what the device is asked for; `compliance` with the value `false` lists all that are not compliant',
  schema: Type.Enum([...NAC_CRITERIA]),
  example: 'macaddress',
};

const VALUE: Parameter = {
  name: 'value',
  in: 'query',
  description: 'Of the criterion; a MAC address in any of its writings',
  schema: Type.String({ minLength: 1 }),
  example: MAC_ADDRESS,
};

const FILTER: Parameter = {
  name: 'filter',
  in: 'query',
  description: 'Which attributes are wanted; every one that is known is answered',
  schema: Type.String(),
  example: 'all',
};

const DIALECT: Parameter = {
  name: 'dialect',
  in: 'path',
  description: '`ciscoise` for version 3, `ciscoise-v2` for version 2; `api_path` says which',
  schema: Type.Enum(['ciscoise', 'ciscoise-v2']),
  example: 'ciscoise',
};

const DEVICE_IDENTIFIER: Parameter = {
  name: 'deviceidentifier',
  in: 'query',
  description: 'By what the devices of a list are named; with `macaddress` by that too',
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
  access: ['Devices.Read.All'],
  status: 200,
  answer: Type.String({ description: 'The element `ise_api`' }),
  answerType: 'application/xml',
} as const;

/** What network access controls ask. */
export const NAC_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/nac/devices',
    operationId: 'queryNac',
    tag: 'Decisions',
    summary: 'Whether a device is managed and compliant, as the NAC service of Intune answers it',
    access: ['Devices.Read.All'],
    parameters: [
      CRITERION,
      {
        name: 'api-version',
        in: 'query',
        description: 'Of the NAC service of Intune',
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
      'What a Cisco ISE asks a mobile device manager first: which version it speaks, and where',
    parameters: [
      {
        name: 'ise_api_version',
        in: 'query',
        description: 'The highest version that the ISE speaks',
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
    summary: 'The enrolled devices that a Cisco ISE asks about, and whether they are compliant',
    parameters: [DIALECT, PAGING, CRITERION, VALUE, DEVICE_IDENTIFIER, FILTER],
    errors: [404, 429],
  },
  {
    ...CISCO_ISE,
    method: 'post',
    path: '/nac/{dialect}/batchdevices',
    operationId: 'queryCiscoIseBatch',
    summary: 'The same of up to 100 devices, which the body names',
    parameters: [DIALECT, PAGING, CRITERION, FILTER],
    request: {
      contentTypes: ['application/xml', 'text/xml', 'application/x-www-form-urlencoded'],
      schema: Type.String({ description: 'Elements `value`, or named as the criterion' }),
      example: `<ise_api><value>${MAC_ADDRESS}</value></ise_api>`,
    },
    errors: [404, 413, 415, 429],
  },
];
