import { Type } from 'typebox';
import { PublicKeysSchema } from './answerSchemas.ts';
import { COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE } from '../eventStreams/eventTypes.ts';
import { POLL } from '../eventStreams/streamDelivery.ts';
import { PollAnswerSchema, PollRequestSchema } from '../eventStreams/pollRequest.ts';
import { SSF_MANAGE_ROLES, SSF_READ_ROLES } from '../eventStreams/requireReceiver.ts';
import { StreamAnswerSchema, StreamInputSchema } from '../eventStreams/streamConfiguration.ts';
import { StreamStatusSchema } from '../eventStreams/streamStatus.ts';
import { SubjectSchema } from '../eventStreams/subject.ts';
import { TransmitterMetadataSchema } from '../eventStreams/transmitterMetadata.ts';
import type { Operation, Parameter } from './operation.ts';

const JSON_TYPE = ['application/json'] as const;
/** Of no stream: the examples have to work wherever they are tried. */
const EXAMPLE_STREAM_ID = '5f3d0f2e-1c52-4a6c-9d53-0c8a4c1f7e11';

const StreamId = Type.Object({ stream_id: Type.String() });
const stream = (description: string, isRequired = true): Parameter => ({
  name: 'stream_id',
  in: 'query',
  description,
  schema: Type.String(),
  ...(isRequired ? { example: EXAMPLE_STREAM_ID } : {}),
});

/** What every operation on one stream has: the example's stream is nobody's. */
const OF_ONE_STREAM = { tag: 'Event streams', status: 404 } as const;

const streamBody = (summary: string): Pick<Operation, 'summary' | 'request' | 'answer'> => ({
  summary,
  request: {
    contentTypes: JSON_TYPE,
    schema: Type.Interface([StreamId], StreamInputSchema.properties),
    example: { stream_id: EXAMPLE_STREAM_ID, events_requested: [COMPLIANCE_CHANGE] },
  },
  answer: StreamAnswerSchema,
});

const subjectBody = (summary: string): Pick<Operation, 'summary' | 'request'> => ({
  summary,
  request: {
    contentTypes: JSON_TYPE,
    schema: Type.Interface([StreamId], { subject: SubjectSchema }),
    example: {
      stream_id: EXAMPLE_STREAM_ID,
      subject: { format: 'opaque', id: '9ece5fab-7398-488a-a575-e25a9a3dec07' },
    },
  },
});

/** The transmitter of the Shared Signals Framework 1.0. */
export const SSF_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/.well-known/ssf-configuration',
    operationId: 'getSsfConfiguration',
    tag: 'Event streams',
    summary: 'What this transmitter can do and where; 404 where none is configured',
    access: 'nobody',
    status: 200,
    answer: TransmitterMetadataSchema,
    errors: [404],
  },
  {
    method: 'get',
    path: '/.well-known/ssf-configuration/{path}',
    operationId: 'getSsfConfigurationOfPath',
    tag: 'Event streams',
    summary: 'The same for an issuer with a path',
    access: 'nobody',
    parameters: [
      {
        name: 'path',
        in: 'path',
        description: 'The path of the issuer',
        schema: Type.String(),
        example: 'tenant',
      },
    ],
    status: 404,
    otherStatuses: { 200: 'The document of this issuer' },
    answer: TransmitterMetadataSchema,
  },
  {
    method: 'get',
    path: '/ssf/jwks.json',
    operationId: 'getSsfKeys',
    tag: 'Event streams',
    summary: 'The public keys of the security event tokens',
    access: 'nobody',
    status: 200,
    answer: PublicKeysSchema,
    errors: [404],
  },
  {
    method: 'post',
    path: '/ssf/streams',
    operationId: 'createEventStream',
    tag: 'Event streams',
    summary: 'A new stream, pushed to an address or, without one, to be fetched',
    access: SSF_MANAGE_ROLES,
    request: {
      contentTypes: JSON_TYPE,
      schema: StreamInputSchema,
      example: {
        delivery: { method: POLL },
        events_requested: [COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE],
        description: 'Mail gateway',
      },
    },
    status: 201,
    answer: StreamAnswerSchema,
    errors: [404, 409, 413, 415],
  },
  {
    method: 'get',
    path: '/ssf/streams',
    operationId: 'readEventStreams',
    tag: 'Event streams',
    summary: 'All streams of the caller, or one',
    access: SSF_READ_ROLES,
    parameters: [stream('One stream alone', false)],
    status: 200,
    answer: Type.Union([Type.Array(StreamAnswerSchema), StreamAnswerSchema]),
    errors: [404],
  },
  {
    ...OF_ONE_STREAM,
    ...streamBody('Replaces what the body names; the rest stays'),
    method: 'patch',
    path: '/ssf/streams',
    operationId: 'updateEventStream',
    access: SSF_MANAGE_ROLES,
    otherStatuses: { 200: 'The stream as it is now' },
    errors: [409, 413, 415],
  },
  {
    ...OF_ONE_STREAM,
    ...streamBody('Replaces the stream; what the body does not name is gone'),
    method: 'put',
    path: '/ssf/streams',
    operationId: 'replaceEventStream',
    access: SSF_MANAGE_ROLES,
    otherStatuses: { 200: 'The stream as it is now' },
    errors: [409, 413, 415],
  },
  {
    ...OF_ONE_STREAM,
    method: 'delete',
    path: '/ssf/streams',
    operationId: 'deleteEventStream',
    summary: 'Ends a stream; what waited in it is not sent any more',
    access: SSF_MANAGE_ROLES,
    parameters: [stream('The stream')],
    otherStatuses: { 204: 'It is gone' },
    errors: [409],
  },
  {
    ...OF_ONE_STREAM,
    method: 'get',
    path: '/ssf/status',
    operationId: 'readEventStreamStatus',
    summary: 'Whether the stream is sent anything',
    access: SSF_READ_ROLES,
    parameters: [stream('The stream')],
    otherStatuses: { 200: 'Its status' },
    answer: StreamStatusSchema,
  },
  {
    ...OF_ONE_STREAM,
    method: 'post',
    path: '/ssf/status',
    operationId: 'updateEventStreamStatus',
    summary: 'Pauses a stream (everything is kept), disables it (nothing is), or lets it go on',
    access: SSF_MANAGE_ROLES,
    request: {
      contentTypes: JSON_TYPE,
      schema: StreamStatusSchema,
      example: { stream_id: EXAMPLE_STREAM_ID, status: 'paused', reason: 'maintenance' },
    },
    otherStatuses: { 200: 'Its status as it is now' },
    answer: StreamStatusSchema,
    errors: [409, 413, 415],
  },
  {
    ...OF_ONE_STREAM,
    ...subjectBody('Puts back a device or user that was taken out'),
    method: 'post',
    path: '/ssf/subjects/add',
    operationId: 'addEventStreamSubject',
    access: SSF_MANAGE_ROLES,
    otherStatuses: { 200: 'It is in the stream' },
    errors: [413, 415],
  },
  {
    ...OF_ONE_STREAM,
    ...subjectBody('Takes a device, or all of a user, out of the stream'),
    method: 'post',
    path: '/ssf/subjects/remove',
    operationId: 'removeEventStreamSubject',
    access: SSF_MANAGE_ROLES,
    otherStatuses: { 204: 'It is not in the stream' },
    errors: [409, 413, 415],
  },
  {
    ...OF_ONE_STREAM,
    method: 'post',
    path: '/ssf/verification',
    operationId: 'verifyEventStream',
    summary: 'Sends an event with `state` through the stream',
    access: SSF_MANAGE_ROLES,
    request: {
      contentTypes: JSON_TYPE,
      schema: Type.Interface([StreamId], { state: Type.Optional(Type.String()) }),
      example: { stream_id: EXAMPLE_STREAM_ID, state: 'c0ffee' },
    },
    otherStatuses: { 204: 'It is on its way' },
    errors: [409, 413, 415],
  },
  {
    ...OF_ONE_STREAM,
    method: 'post',
    path: '/ssf/poll/{streamId}',
    operationId: 'pollEventStream',
    summary: 'Fetches what waits, and acknowledges what was fetched',
    access: SSF_READ_ROLES,
    parameters: [
      {
        name: 'streamId',
        in: 'path',
        description: 'The stream',
        schema: Type.String(),
        example: EXAMPLE_STREAM_ID,
      },
    ],
    request: {
      contentTypes: JSON_TYPE,
      schema: PollRequestSchema,
      example: { maxEvents: 10, returnImmediately: true, ack: [] },
    },
    otherStatuses: { 200: 'The tokens by their `jti`' },
    answer: PollAnswerSchema,
    errors: [413, 415],
  },
];
