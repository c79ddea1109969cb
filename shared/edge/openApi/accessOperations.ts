import { Type } from 'typebox';
import { AccessRequestSchema, MAX_DECISIONS } from '../../core/decisions/accessRequest.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import { ManagedDevicePropertiesSchema } from '../../core/schemas/deviceSchemas.ts';
import {
  ComplianceAnswerSchema,
  DecisionAnswerSchema,
  DecisionRecordSchema,
  ManagedDeviceSchema,
  PageOf,
} from './answerSchemas.ts';
import type { Operation, Parameter } from './operation.ts';

export const PAGING: readonly Parameter[] = [
  {
    name: '$top',
    in: 'query',
    description: 'How many at most, 1 to 999',
    schema: Type.Integer({ minimum: 1, maximum: 999 }),
    example: 10,
  },
  {
    name: '$skiptoken',
    in: 'query',
    description: 'Where the page begins; taken from an `@odata.nextLink`',
    schema: Type.String(),
  },
];

const DEVICE_ID: Parameter = {
  name: 'deviceId',
  in: 'path',
  description: 'The Azure AD device id, or any id of yours; compared exactly',
  schema: DeviceIdSchema,
  example: 'example-phone',
};

const DEVICES = {
  path: '/deviceManagement/managedDevices/{deviceId}',
  tag: 'Devices',
  parameters: [DEVICE_ID],
} as const;

/** What callers ask, and how devices are enrolled. */
export const ACCESS_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/accessDecisions',
    operationId: 'decideAccess',
    tag: 'Decisions',
    summary: 'May these devices in, and if not, why, and what must their users do',
    access: ['Access.Decide'],
    request: {
      contentTypes: ['application/json'],
      schema: Type.Union([
        AccessRequestSchema,
        Type.Array(AccessRequestSchema, { minItems: 1, maxItems: MAX_DECISIONS }),
      ]),
      example: { device: { deviceId: 'example-phone' }, resource: 'exchangeOnline' },
    },
    status: 200,
    answer: DecisionAnswerSchema,
    errors: [413, 415],
  },
  {
    method: 'get',
    path: '/accessDecisions/{decisionId}',
    operationId: 'getAccessDecision',
    tag: 'Decisions',
    summary: 'What was decided under an id, with masked identifiers, as the decision log keeps it',
    access: ['Devices.Read.All'],
    parameters: [
      {
        name: 'decisionId',
        in: 'path',
        description: 'As it stands in the decision',
        schema: Type.String({ format: 'uuid' }),
        example: '01890a5d-ac96-774b-bcce-b302099a8057',
      },
    ],
    status: 404,
    otherStatuses: { 200: 'The decision' },
    answer: DecisionRecordSchema,
    errors: [404],
  },
  {
    method: 'get',
    path: '/devices/{deviceId}/compliance',
    operationId: 'getDeviceCompliance',
    tag: 'Decisions',
    summary: 'Whether one device is compliant now, and why',
    access: ['Devices.Read.All'],
    parameters: [
      DEVICE_ID,
      {
        name: 'If-None-Match',
        in: 'header',
        description: 'The `ETag` of an earlier answer',
        schema: Type.String(),
      },
    ],
    status: 200,
    answer: ComplianceAnswerSchema,
    otherStatuses: { 304: 'Nothing but the moment of the evaluation has changed' },
  },
  {
    ...DEVICES,
    method: 'put',
    operationId: 'putManagedDevice',
    summary: 'Enrol a device, or replace what is known of its enrolment',
    access: ['Devices.ReadWrite.All'],
    request: {
      contentTypes: ['application/json'],
      schema: ManagedDevicePropertiesSchema,
      example: {
        operatingSystem: 'Android',
        osVersion: '15',
        deviceName: 'Example phone',
        userPrincipalName: 'ada@contoso.example',
        serialNumber: 'R5CT70ABCDE',
        wiFiMacAddress: '02:00:5e:00:53:01',
        groupIds: ['finance'],
      },
    },
    status: 201,
    answer: ManagedDeviceSchema,
    otherStatuses: { 200: 'The device was enrolled already' },
    errors: [413, 415],
  },
  {
    ...DEVICES,
    method: 'get',
    operationId: 'getManagedDevice',
    summary: 'One enrolled device',
    access: ['Devices.Read.All', 'Devices.ReadWrite.All'],
    status: 200,
    answer: ManagedDeviceSchema,
    errors: [404],
  },
  {
    method: 'get',
    path: '/deviceManagement/managedDevices',
    operationId: 'listManagedDevices',
    tag: 'Devices',
    summary: 'A page of the enrolled devices',
    access: ['Devices.Read.All', 'Devices.ReadWrite.All'],
    parameters: [
      {
        name: '$filter',
        in: 'query',
        description:
          "`complianceState eq '…'`, `operatingSystem eq '…'` and `userPrincipalName eq '…'`, joined by `and`; by the stored view, which follows within seconds",
        schema: Type.String(),
        example: "operatingSystem eq 'Android'",
      },
      ...PAGING,
    ],
    status: 200,
    answer: PageOf(ManagedDeviceSchema),
  },
  {
    ...DEVICES,
    method: 'delete',
    operationId: 'deleteManagedDevice',
    summary: 'End the enrolment of a device: it is let in nowhere from now on',
    access: ['Devices.ReadWrite.All'],
    status: 204,
    errors: [404],
  },
  {
    method: 'get',
    path: '/health/{probe}',
    operationId: 'health',
    tag: 'Operations',
    summary: 'Whether the process answers, and whether what it needs does',
    access: 'nobody',
    parameters: [
      {
        name: 'probe',
        in: 'path',
        description: '`live`, or `ready` for Cosmos DB and Service Bus as well',
        schema: Type.Enum(['live', 'ready']),
        example: 'ready',
      },
    ],
    status: 200,
    answer: Type.Object({ status: Type.String() }),
    errors: [404],
  },
  {
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    tag: 'Operations',
    summary: 'This document',
    access: 'nobody',
    status: 200,
    answer: Type.Object({
      openapi: Type.String(),
      info: Type.Unknown(),
      servers: Type.Unknown(),
      tags: Type.Unknown(),
      paths: Type.Unknown(),
      components: Type.Unknown(),
    }),
  },
];
