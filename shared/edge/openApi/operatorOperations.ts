import { Type } from 'typebox';
import { QUARANTINE_SOURCES } from '../../core/ports/quarantine.ts';
import { DateTimeSchema, DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import { EntraAttributesInputSchema } from '../management/writeEntraAttributes.ts';
import { EnrolmentSyncSchema, IngestAnswerSchema, PageOf } from './answerSchemas.ts';
import type { Operation } from './operation.ts';
import {
  CONFIGURATION_READ_ROLES,
  CONFIGURATION_WRITE_ROLES,
  jsonBody,
  PAGING,
  pathParameter,
} from './operationParts.ts';

const TAG = 'Operations';
const ENROLMENT_PATH = '/deviceManagement/enrolmentSync';
const REEVALUATION_PATH = '/deviceManagement/reevaluation';

const Source = Type.Enum(QUARANTINE_SOURCES);
const QuarantineEntrySchema = Type.Object({
  name: Type.String(),
  receivedDateTime: DateTimeSchema,
  source: Source,
  rejectedCount: Type.Integer(),
  partialCount: Type.Integer(),
  code: Type.String(),
});
const QuarantinedSchema = Type.Object({
  name: Type.String(),
  source: Source,
  contentType: Type.String(),
  requestId: Type.String(),
  receivedDateTime: DateTimeSchema,
  isAuthentic: Type.Boolean(),
  rejected: IngestAnswerSchema.properties.rejected,
  body: Type.String(),
});
const ProgressSchema = Type.Object({
  state: Type.Enum(['idle', 'running', 'complete']),
  visitedDeviceCount: Type.Integer(),
  failedDeviceCount: Type.Integer(),
  managedDeviceCount: Type.Integer(),
});
const EvaluatedSchema = Type.Object({
  deviceId: Type.String(),
  complianceState: Type.String(),
  partnerReportedThreatState: Type.String(),
});

const EntraAttributesAnswerSchema = Type.Object({
  written: Type.Integer(),
  failed: Type.Array(
    Type.Object({ deviceId: Type.String(), code: Type.String(), reason: Type.String() }),
  ),
  retryAfterInSeconds: Type.Optional(Type.Number()),
  after: Type.Optional(Type.String()),
});

/** The quarantine has no request of this name, so the answer is 404. */
const QUARANTINED = {
  tag: TAG,
  status: 404,
  path: '/quarantine/{name}',
  parameters: [pathParameter('name', 'The name in the list', `${'0'.repeat(64)}.json`)],
} as const;

/** Tasks for the on-call operator. */
export const OPERATOR_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: ENROLMENT_PATH,
    operationId: 'getEnrolmentSync',
    tag: TAG,
    summary: 'Get the state of the enrolment from Graph, and whether leaving devices are held',
    access: CONFIGURATION_READ_ROLES,
    status: 200,
    answer: EnrolmentSyncSchema,
  },
  {
    method: 'post',
    path: `${ENROLMENT_PATH}/confirm`,
    operationId: 'confirmLeavers',
    tag: TAG,
    summary:
      'Confirm that the held devices have really left, so they are unenrolled; 409 if no device is held',
    access: CONFIGURATION_WRITE_ROLES,
    status: 409,
    otherStatuses: { 200: 'The next run unenrols them' },
    answer: EnrolmentSyncSchema,
  },
  {
    method: 'get',
    path: REEVALUATION_PATH,
    operationId: 'getReevaluation',
    tag: TAG,
    summary: 'Get the progress of the pass that evaluates all enrolled devices again',
    access: CONFIGURATION_READ_ROLES,
    status: 200,
    answer: ProgressSchema,
  },
  {
    method: 'post',
    path: REEVALUATION_PATH,
    operationId: 'reevaluate',
    tag: TAG,
    summary:
      'Evaluate one device again at once or, without a device, start a pass over all devices',
    access: CONFIGURATION_WRITE_ROLES,
    request: jsonBody(Type.Object({ deviceId: Type.Optional(DeviceIdSchema) }), {}),
    status: 202,
    otherStatuses: { 200: 'The evaluated device' },
    answer: Type.Union([ProgressSchema, EvaluatedSchema]),
    errors: [404, 409, 413, 415],
  },
  {
    method: 'post',
    path: '/deviceManagement/managedDevices/{id}/clearUnreadableReports',
    operationId: 'clearUnreadableReports',
    tag: TAG,
    summary: 'Clear what the unreadable reports of a device do to it; its known threats stay',
    access: CONFIGURATION_WRITE_ROLES,
    parameters: [pathParameter('id', 'The device', 'phone-1', DeviceIdSchema)],
    status: 404,
    otherStatuses: { 200: 'The device, evaluated again' },
    answer: EvaluatedSchema,
  },
  {
    method: 'post',
    path: '/deviceManagement/entraAttributes',
    operationId: 'writeEntraAttributes',
    tag: TAG,
    summary:
      'Write the compliance of one device, or of the next hundred after a device id, into Entra; 404 if this is not configured',
    access: CONFIGURATION_WRITE_ROLES,
    request: jsonBody(EntraAttributesInputSchema, { after: '' }),
    status: 404,
    otherStatuses: { 200: 'The result, with `after` if there may be more devices' },
    answer: EntraAttributesAnswerSchema,
    errors: [413, 415],
  },
  {
    method: 'get',
    path: '/quarantine',
    operationId: 'listQuarantine',
    tag: TAG,
    summary: 'List the requests with rejected events',
    access: CONFIGURATION_READ_ROLES,
    parameters: PAGING,
    status: 200,
    answer: PageOf(QuarantineEntrySchema),
  },
  {
    ...QUARANTINED,
    method: 'get',
    operationId: 'getQuarantinedRequest',
    summary: 'Get one request as it arrived, with the reason for each rejected event',
    access: CONFIGURATION_READ_ROLES,
    otherStatuses: { 200: 'The request' },
    answer: QuarantinedSchema,
  },
  {
    ...QUARANTINED,
    method: 'delete',
    operationId: 'dropQuarantinedRequest',
    summary: 'Delete a request from the quarantine',
    access: CONFIGURATION_WRITE_ROLES,
    otherStatuses: { 204: 'The request is deleted' },
  },
  {
    ...QUARANTINED,
    method: 'post',
    path: '/quarantine/{name}/replay',
    operationId: 'replayQuarantinedRequest',
    summary: 'Ingest a request again; events that are still rejected stay in the quarantine',
    access: CONFIGURATION_WRITE_ROLES,
    otherStatuses: { 200: 'The number of accepted events, and the rejections' },
    errors: [409],
    answer: IngestAnswerSchema,
  },
];
