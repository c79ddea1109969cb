import { Type } from 'typebox';
import { COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE } from '../eventStreams/eventTypes.ts';
import { PollAnswerSchema, PollRequestSchema } from '../eventStreams/pollRequest.ts';
import { SSF_MANAGE_ROLES, SSF_READ_ROLES } from '../eventStreams/requireReceiver.ts';
import { StreamAnswerSchema, StreamInputSchema } from '../eventStreams/streamConfiguration.ts';
import { POLL } from '../eventStreams/streamDelivery.ts';
import { StreamStatusSchema } from '../eventStreams/streamStatus.ts';
import { SubjectSchema } from '../eventStreams/subject.ts';
import { TransmitterMetadataSchema } from '../eventStreams/transmitterMetadata.ts';
import { PublicKeysSchema } from './answerSchemas.ts';
import type { Operation, Parameter } from './operation.ts';
import { jsonBody, pathParameter } from './operationParts.ts';

const TAG = 'Event streams';
/** There is no such stream, so the examples work on every system. */
const EXAMPLE_STREAM_ID = '5f3d0f2e-1c52-4a6c-9d53-0c8a4c1f7e11';

const StreamId = Type.Object({ stream_id: Type.String() });

function streamParameter(description: string, example?: string): Parameter {
  const parameter = { name: 'stream_id', in: 'query', description, schema: Type.String() } as const;
  return example === undefined ? parameter : { ...parameter, example };
}

/** An operation on one stream. The stream of the example does not exist, so the answer is 404. */
function onStream(
  operation: Omit<Operation, 'tag' | 'status' | 'access'> & Partial<Pick<Operation, 'access'>>,
): Operation {
  return { access: SSF_MANAGE_ROLES, ...operation, tag: TAG, status: 404 };
}

const WRITE_ERRORS = [409, 413, 415];

const CHANGE_STREAM = {
  path: '/ssf/streams',
  request: jsonBody(Type.Interface([StreamId], StreamInputSchema.properties), {
    stream_id: EXAMPLE_STREAM_ID,
    events_requested: [COMPLIANCE_CHANGE],
  }),
  otherStatuses: { 200: 'The changed stream' },
  answer: StreamAnswerSchema,
  errors: WRITE_ERRORS,
};

const STREAM_STATUS = { path: '/ssf/status', answer: StreamStatusSchema };

const SUBJECT_BODY = jsonBody(Type.Interface([StreamId], { subject: SubjectSchema }), {
  stream_id: EXAMPLE_STREAM_ID,
  subject: { format: 'opaque', id: '9ece5fab-7398-488a-a575-e25a9a3dec07' },
});

const DISCOVERY: readonly Operation[] = [
  {
    method: 'get',
    path: '/.well-known/ssf-configuration',
    operationId: 'getSsfConfiguration',
    tag: TAG,
    summary: 'Get the configuration of this transmitter; 404 if none is configured',
    access: 'anonymous',
    status: 200,
    answer: TransmitterMetadataSchema,
    errors: [404],
  },
  {
    method: 'get',
    path: '/.well-known/ssf-configuration/{path}',
    operationId: 'getSsfConfigurationOfPath',
    tag: TAG,
    summary: 'Get the configuration of a transmitter whose issuer has a path',
    access: 'anonymous',
    parameters: [pathParameter('path', 'The path of the issuer', 'tenant')],
    status: 404,
    otherStatuses: { 200: 'The configuration of this issuer' },
    answer: TransmitterMetadataSchema,
  },
  {
    method: 'get',
    path: '/ssf/jwks.json',
    operationId: 'getSsfKeys',
    tag: TAG,
    summary: 'Get the public keys that verify security event tokens',
    access: 'anonymous',
    status: 200,
    answer: PublicKeysSchema,
    errors: [404],
  },
];

/** The transmitter of the Shared Signals Framework 1.0. */
export const SSF_OPERATIONS: readonly Operation[] = [
  ...DISCOVERY,
  {
    method: 'post',
    path: '/ssf/streams',
    operationId: 'createEventStream',
    tag: TAG,
    summary: 'Create a stream that is pushed to a URL or, without one, polled',
    access: SSF_MANAGE_ROLES,
    request: jsonBody(StreamInputSchema, {
      delivery: { method: POLL },
      events_requested: [COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE],
      description: 'Mail gateway',
    }),
    status: 201,
    answer: StreamAnswerSchema,
    errors: [404, ...WRITE_ERRORS],
  },
  {
    method: 'get',
    path: '/ssf/streams',
    operationId: 'readEventStreams',
    tag: TAG,
    summary: 'List all streams of the caller, or get one',
    access: SSF_READ_ROLES,
    parameters: [streamParameter('Only this stream')],
    status: 200,
    answer: Type.Union([Type.Array(StreamAnswerSchema), StreamAnswerSchema]),
    errors: [404],
  },
  onStream({
    ...CHANGE_STREAM,
    method: 'patch',
    operationId: 'updateEventStream',
    summary: 'Replace the fields in the body; other fields stay',
  }),
  onStream({
    ...CHANGE_STREAM,
    method: 'put',
    operationId: 'replaceEventStream',
    summary: 'Replace the whole stream; fields that the body lacks are deleted',
  }),
  onStream({
    method: 'delete',
    path: '/ssf/streams',
    operationId: 'deleteEventStream',
    summary: 'Delete a stream and its pending events',
    parameters: [streamParameter('The stream', EXAMPLE_STREAM_ID)],
    otherStatuses: { 204: 'The stream is deleted' },
    errors: [409],
  }),
  onStream({
    ...STREAM_STATUS,
    method: 'get',
    operationId: 'readEventStreamStatus',
    summary: 'Get the status of a stream',
    access: SSF_READ_ROLES,
    parameters: [streamParameter('The stream', EXAMPLE_STREAM_ID)],
    otherStatuses: { 200: 'The status' },
  }),
  onStream({
    ...STREAM_STATUS,
    method: 'post',
    operationId: 'updateEventStreamStatus',
    summary: 'Pause a stream (events are stored), disable it (events are dropped), or enable it',
    request: jsonBody(StreamStatusSchema, {
      stream_id: EXAMPLE_STREAM_ID,
      status: 'paused',
      reason: 'maintenance',
    }),
    otherStatuses: { 200: 'The new status' },
    errors: WRITE_ERRORS,
  }),
  onStream({
    method: 'post',
    path: '/ssf/subjects/add',
    operationId: 'addEventStreamSubject',
    summary: 'Add a removed device or user to the stream again',
    request: SUBJECT_BODY,
    otherStatuses: { 200: 'The subject is in the stream' },
    errors: [413, 415],
  }),
  onStream({
    method: 'post',
    path: '/ssf/subjects/remove',
    operationId: 'removeEventStreamSubject',
    summary: 'Remove a device, or all devices of a user, from the stream',
    request: SUBJECT_BODY,
    otherStatuses: { 204: 'The subject is not in the stream' },
    errors: WRITE_ERRORS,
  }),
  onStream({
    method: 'post',
    path: '/ssf/verification',
    operationId: 'verifyEventStream',
    summary: 'Send a verification event with `state` through the stream',
    request: jsonBody(Type.Interface([StreamId], { state: Type.Optional(Type.String()) }), {
      stream_id: EXAMPLE_STREAM_ID,
      state: 'c0ffee',
    }),
    otherStatuses: { 204: 'The event was sent' },
    errors: WRITE_ERRORS,
  }),
  onStream({
    method: 'post',
    path: '/ssf/poll/{streamId}',
    operationId: 'pollEventStream',
    summary: 'Poll for pending events and acknowledge received ones',
    access: SSF_READ_ROLES,
    parameters: [pathParameter('streamId', 'The stream', EXAMPLE_STREAM_ID)],
    request: jsonBody(PollRequestSchema, { maxEvents: 10, returnImmediately: true, ack: [] }),
    otherStatuses: { 200: 'The tokens by their `jti`' },
    answer: PollAnswerSchema,
    errors: [413, 415],
  }),
];
