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
import type { Operation } from './operation.ts';
import { jsonBody, PAGING, pathParameter } from './operationParts.ts';

const DEVICE_ID = pathParameter(
  'deviceId',
  'The Azure AD device id, or any id of your own; compared exactly',
  'example-phone',
  DeviceIdSchema,
);

const DEVICES = {
  path: '/deviceManagement/managedDevices/{deviceId}',
  tag: 'Devices',
  parameters: [DEVICE_ID],
} as const;

/** Decisions, and the enrolment of devices. */
export const ACCESS_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/accessDecisions',
    operationId: 'decideAccess',
    tag: 'Decisions',
    summary:
      'Decide whether devices may connect; a block has its reasons and the steps for the user',
    access: ['Access.Decide'],
    request: jsonBody(
      Type.Union([
        AccessRequestSchema,
        Type.Array(AccessRequestSchema, { minItems: 1, maxItems: MAX_DECISIONS }),
      ]),
      { device: { deviceId: 'example-phone' }, resource: 'exchangeOnline' },
    ),
    status: 200,
    answer: DecisionAnswerSchema,
    errors: [413, 415],
  },
  {
    method: 'get',
    path: '/accessDecisions/{decisionId}',
    operationId: 'getAccessDecision',
    tag: 'Decisions',
    summary: 'Get a decision from the decision log, with masked identifiers',
    access: ['Devices.Read.All'],
    parameters: [
      pathParameter(
        'decisionId',
        'The `decisionId` of the decision',
        '01890a5d-ac96-774b-bcce-b302099a8057',
        Type.String({ format: 'uuid' }),
      ),
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
    summary: 'Get whether one device is compliant now, and why',
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
    otherStatuses: { 304: 'Only the moment of evaluation has changed' },
  },
  {
    ...DEVICES,
    method: 'put',
    operationId: 'putManagedDevice',
    summary: 'Enrol a device, or replace its enrolment',
    access: ['Devices.ReadWrite.All'],
    request: jsonBody(ManagedDevicePropertiesSchema, {
      operatingSystem: 'Android',
      osVersion: '15',
      deviceName: 'Example phone',
      userPrincipalName: 'ada@contoso.example',
      serialNumber: 'R5CT70ABCDE',
      wiFiMacAddress: '02:00:5e:00:53:01',
      groupIds: ['finance'],
    }),
    status: 201,
    answer: ManagedDeviceSchema,
    otherStatuses: { 200: 'The device was already enrolled' },
    errors: [413, 415],
  },
  {
    ...DEVICES,
    method: 'get',
    operationId: 'getManagedDevice',
    summary: 'Get one enrolled device',
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
    summary: 'List a page of the enrolled devices',
    access: ['Devices.Read.All', 'Devices.ReadWrite.All'],
    parameters: [
      {
        name: '$filter',
        in: 'query',
        description:
          "`complianceState eq '…'`, `operatingSystem eq '…'` and `userPrincipalName eq '…'`, joined by `and`; applied to the stored states, which are up to date within seconds",
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
    summary: 'End the enrolment of a device, which blocks its access',
    access: ['Devices.ReadWrite.All'],
    status: 204,
    errors: [404],
  },
  {
    method: 'get',
    path: '/health/{probe}',
    operationId: 'health',
    tag: 'Operations',
    summary: 'Check whether the process, and the services that it needs, answer',
    access: 'anonymous',
    parameters: [
      pathParameter(
        'probe',
        '`live` for the process, `ready` for Cosmos DB and Service Bus too',
        'ready',
        Type.Enum(['live', 'ready']),
      ),
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
    summary: 'Get this document',
    access: 'anonymous',
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
