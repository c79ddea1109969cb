import { Type } from 'typebox';
import { EVENT_SOURCES } from '../../core/configuration/managedKinds.ts';
import { DateTimeSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';
import { EventSourceSchema } from '../../core/schemas/configurationSchemas.ts';
import { EVENT_IDENTIFIERS } from '../../domain/vocabulary/eventSource.ts';
import { PageOf, RejectedItemsSchema } from './answerSchemas.ts';
import { CONFIRM, IF_MATCH, operationsOf, pathId } from './collectionOperations.ts';
import type { Operation } from './operation.ts';
import {
  CONFIGURATION_READ_ROLES,
  CONFIGURATION_WRITE_ROLES,
  jsonBody,
  PAGING,
} from './operationParts.ts';

const TAG = 'Event sources';
const PATH = '/deviceManagement/eventSources';
const ID = pathId('siem', 'The id of the event source');

const Count = Type.Integer({ minimum: 0 });
const counts = { accepted: Count, rejected: Count, unmapped: Count, unmatched: Count };
const Identifiers = Type.Array(
  Type.Object({ name: Type.Enum(EVENT_IDENTIFIERS), value: Type.String() }),
);
const Words = Type.Record(Type.String(), Type.Record(Type.String(), Type.String()));

const { sourceKind, ...shownFields } = EventSourceSchema.properties;
const Shown = Type.Object({ ...shownFields, kind: sourceKind });

const MappingAnswer = Type.Object({
  version: Count,
  fields: Type.Record(Type.String(), Type.Array(Type.String())),
  overrides: Words,
  rows: Type.Array(
    Type.Object({
      field: Type.String(),
      word: Type.String(),
      meaning: Type.String(),
      witness: Type.String(),
    }),
  ),
});

const UnmappedAnswer = Type.Object({
  value: Type.Array(
    Type.Object({
      field: Type.String(),
      word: Type.String(),
      count: Count,
      firstDateTime: DateTimeSchema,
      lastDateTime: DateTimeSchema,
      example: Type.String(),
    }),
  ),
});

const UnmatchedAnswer = PageOf(
  Type.Object({
    identifiers: Identifiers,
    signalCount: Count,
    firstDateTime: DateTimeSchema,
    lastDateTime: DateTimeSchema,
  }),
);

const PreviewAnswer = Type.Object({
  value: Type.Array(
    Type.Object({
      index: Count,
      isAboutPhone: Type.Boolean(),
      identifiers: Identifiers,
      deviceIds: Type.Array(Type.String()),
      signals: Type.Array(Type.Object({}, { additionalProperties: true })),
      unmapped: Type.Array(Type.Object({ field: Type.String(), word: Type.String() })),
      unread: Type.Array(Type.String()),
      problems: Type.Array(Type.Object({}, { additionalProperties: true })),
    }),
  ),
});

const Failure = Type.Object({
  code: Type.String(),
  field: Type.Optional(Type.String()),
  message: Type.String(),
  sinceDateTime: DateTimeSchema,
  count: Count,
});

const StatusAnswer = Type.Object({
  id: IdSchema,
  isEnabled: Type.Boolean(),
  isPulled: Type.Boolean(),
  secretCount: Count,
  lastEventDateTime: Type.Optional(DateTimeSchema),
  lastAttemptDateTime: Type.Optional(DateTimeSchema),
  lastSuccessDateTime: Type.Optional(DateTimeSchema),
  nextAttemptDateTime: Type.Optional(DateTimeSchema),
  failure: Type.Optional(Failure),
  counts: Type.Object(counts),
  unmappedWordCount: Count,
});

const ALERT = {
  type: 'Malware',
  sub_type: 'Malicious app',
  event_type: 'opened',
  severity: 'high',
  id: 4711,
  timestamp: '2026-01-31T12:00:00.000+0000',
  package_name: 'com.example.game',
  device: { name: 'example-phone', serial_number: 'EXAMPLE7', os_type: 'Android' },
  user: { email: null, name: null },
};

/** Event sources, and the events that they push. */
export const SOURCE_OPERATIONS: readonly Operation[] = [
  ...operationsOf({
    kind: EVENT_SOURCES,
    path: PATH,
    name: 'EventSource',
    schema: Shown,
    creation: {
      id: 'siem',
      displayName: 'SEP Mobile SIEM',
      kind: 'sepMobileSiem',
      isEnabled: true,
    },
    change: { detectionLifetimeInHours: 72 },
    exampleId: 'siem',
    deletedId: 'siem',
  }).map((operation) => ({ ...operation, tag: TAG }) as const),
  {
    method: 'post',
    path: '/eventSources/{id}/events',
    operationId: 'receiveSourceEvents',
    tag: TAG,
    summary:
      'Accept events in the words of a vendor: one JSON object, an array, or lines with or without a syslog header, gzip or not; 202 once they are queued',
    access: ['Telemetry.Write'],
    orSignature: true,
    orSourceSecret: true,
    parameters: [ID],
    request: {
      contentTypes: ['application/json', 'application/x-ndjson', 'text/plain'],
      schema: Type.Unknown(),
      example: ALERT,
    },
    status: 202,
    answer: Type.Object({ ...counts, problems: Type.Optional(RejectedItemsSchema) }),
    errors: [404, 413, 415],
  },
  {
    method: 'post',
    path: `${PATH}/{id}/preview`,
    operationId: 'previewSourceEvents',
    tag: TAG,
    summary: 'Show what pasted events would become; this changes nothing',
    access: CONFIGURATION_READ_ROLES,
    parameters: [ID],
    request: {
      contentTypes: ['application/json', 'application/x-ndjson', 'text/plain'],
      schema: Type.Unknown(),
      example: ALERT,
    },
    status: 200,
    answer: PreviewAnswer,
    errors: [404, 413, 415],
  },
  {
    method: 'get',
    path: `${PATH}/{id}/mapping`,
    operationId: 'getSourceMapping',
    tag: TAG,
    summary: 'Get what the words of the source mean, with the witness of each row',
    access: CONFIGURATION_READ_ROLES,
    parameters: [ID],
    status: 200,
    answer: MappingAnswer,
    errors: [404],
  },
  {
    method: 'patch',
    path: `${PATH}/{id}/mapping`,
    operationId: 'updateSourceMapping',
    tag: TAG,
    summary: 'Give words of the source another meaning; null restores the row',
    access: CONFIGURATION_WRITE_ROLES,
    parameters: [ID, CONFIRM, IF_MATCH],
    request: jsonBody(
      Type.Record(
        Type.String(),
        Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
      ),
      { sub_type: { 'Malicious app': 'malware' } },
    ),
    status: 200,
    answer: MappingAnswer,
    errors: [404, 409, 412, 413, 415],
  },
  {
    method: 'get',
    path: `${PATH}/{id}/unmapped`,
    operationId: 'listUnmappedWords',
    tag: TAG,
    summary: 'List the words of the source without a meaning, the most frequent first',
    access: CONFIGURATION_READ_ROLES,
    parameters: [ID],
    status: 200,
    answer: UnmappedAnswer,
    errors: [404],
  },
  {
    method: 'get',
    path: `${PATH}/{id}/unmatched`,
    operationId: 'listUnmatchedDevices',
    tag: TAG,
    summary: 'List the devices that the source reports on and that are not enrolled',
    access: CONFIGURATION_READ_ROLES,
    parameters: [ID, ...PAGING],
    status: 200,
    answer: UnmatchedAnswer,
    errors: [404],
  },
  {
    method: 'get',
    path: `${PATH}/{id}/status`,
    operationId: 'getSourceStatus',
    tag: TAG,
    summary: 'Get how the source works: last success, failure, counts',
    access: CONFIGURATION_READ_ROLES,
    parameters: [ID],
    status: 200,
    answer: StatusAnswer,
    errors: [404],
  },
  {
    method: 'post',
    path: `${PATH}/{id}/pullNow`,
    operationId: 'pullEventSourceNow',
    tag: TAG,
    summary: 'Fetch from the source at once, also if it failed a short time ago',
    access: CONFIGURATION_WRITE_ROLES,
    parameters: [ID],
    status: 409,
    otherStatuses: { 200: 'What came of it' },
    answer: Type.Object({
      state: Type.Enum(['done', 'busy', 'waiting', 'failed']),
      events: Count,
      failure: Type.Optional(Failure),
    }),
    errors: [404],
  },
];
