import { Type } from 'typebox';
import { DateTimeSchema, DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import { EntraAttributesInputSchema } from '../management/writeEntraAttributes.ts';
import { PAGING } from './accessOperations.ts';
import { EnrolmentSyncSchema, IngestAnswerSchema, PageOf } from './answerSchemas.ts';
import type { Operation } from './operation.ts';

const READ = ['Configuration.Read.All', 'Configuration.ReadWrite.All'] as const;
const WRITE = ['Configuration.ReadWrite.All'] as const;
const TAG = 'Operations';
const ENROLMENT_PATH = '/deviceManagement/enrolmentSync';
const REEVALUATION_PATH = '/deviceManagement/reevaluation';

const Source = Type.Enum(['webhook', 'telemetry']);
const QuarantineEntrySchema = Type.Object({
  name: Type.String(),
  receivedDateTime: DateTimeSchema,
  source: Source,
  rejectedCount: Type.Integer(),
  code: Type.String(),
});
const QuarantinedSchema = Type.Object({
  name: Type.String(),
  source: Source,
  contentType: Type.String(),
  requestId: Type.String(),
  receivedDateTime: DateTimeSchema,
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

/** The example's request is in nobody's quarantine. */
const OF_ONE = {
  tag: TAG,
  status: 404,
  parameters: [
    {
      name: 'name',
      in: 'path',
      description: 'As the list gives it',
      schema: Type.String(),
      example: `${'0'.repeat(64)}.json`,
    },
  ],
} as const;

/** What an operator asks who was woken. */
export const OPERATOR_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: ENROLMENT_PATH,
    operationId: 'getEnrolmentSync',
    tag: TAG,
    summary: 'Whether devices are enrolled from Graph, and whether too many would leave at once',
    access: READ,
    status: 200,
    answer: EnrolmentSyncSchema,
  },
  {
    method: 'post',
    path: `${ENROLMENT_PATH}/confirm`,
    operationId: 'confirmLeavers',
    tag: TAG,
    summary:
      'Say that so many devices have left indeed: they are unenrolled; 409 where nobody is held',
    access: WRITE,
    status: 409,
    otherStatuses: { 200: 'They are unenrolled by the next run' },
    answer: EnrolmentSyncSchema,
  },
  {
    method: 'get',
    path: REEVALUATION_PATH,
    operationId: 'getReevaluation',
    tag: TAG,
    summary: 'How far the stored views of all enrolled devices have been brought up to date',
    access: READ,
    status: 200,
    answer: ProgressSchema,
  },
  {
    method: 'post',
    path: REEVALUATION_PATH,
    operationId: 'reevaluate',
    tag: TAG,
    summary: 'Evaluate one device again, at once; without one all of them, one after the other',
    access: WRITE,
    request: {
      contentTypes: ['application/json'],
      schema: Type.Object({ deviceId: Type.Optional(DeviceIdSchema) }),
      example: {},
    },
    status: 202,
    otherStatuses: { 200: 'The device as it is' },
    answer: Type.Union([ProgressSchema, EvaluatedSchema]),
    errors: [404, 409, 413, 415],
  },
  {
    method: 'post',
    path: '/deviceManagement/entraAttributes',
    operationId: 'writeEntraAttributes',
    tag: TAG,
    summary:
      'Write into Entra what the devices are: one, or the next hundred after a device id; 404 where nothing is written there',
    access: WRITE,
    request: {
      contentTypes: ['application/json'],
      schema: EntraAttributesInputSchema,
      example: { after: '' },
    },
    status: 404,
    otherStatuses: { 200: 'What was written; with `after` where there are more' },
    answer: EntraAttributesAnswerSchema,
    errors: [413, 415],
  },
  {
    method: 'get',
    path: '/quarantine',
    operationId: 'listQuarantine',
    tag: TAG,
    summary: 'Requests of which something was rejected',
    access: READ,
    parameters: PAGING,
    status: 200,
    answer: PageOf(QuarantineEntrySchema),
  },
  {
    ...OF_ONE,
    method: 'get',
    path: '/quarantine/{name}',
    operationId: 'getQuarantinedRequest',
    summary: 'One of them as it came, and what was wrong with it',
    access: READ,
    otherStatuses: { 200: 'The request' },
    answer: QuarantinedSchema,
  },
  {
    ...OF_ONE,
    method: 'delete',
    path: '/quarantine/{name}',
    operationId: 'dropQuarantinedRequest',
    summary: 'Away for good',
    access: WRITE,
    otherStatuses: { 204: 'It is gone' },
  },
  {
    ...OF_ONE,
    method: 'post',
    path: '/quarantine/{name}/replay',
    operationId: 'replayQuarantinedRequest',
    summary: 'Take what is acceptable of it by now; what is still wrong stays',
    access: WRITE,
    otherStatuses: { 200: 'What was taken, and what was not' },
    answer: IngestAnswerSchema,
  },
];
