import { BlobServiceClient } from '@azure/storage-blob';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { defined } from '../../../shared/base/defined.ts';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { DECISIONS_CONTAINER_NAME, QUARANTINE_CONTAINER_NAME } from '../../../shared/resources.ts';
import { exampleRequest, type ExampleRequest } from '../../support/exampleRequest.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();

/** The stream id in the examples, which tests replace. */
const EXAMPLE_STREAM = '5f3d0f2e-1c52-4a6c-9d53-0c8a4c1f7e11';
/** Operations that name no stream. */
const WITHOUT_STREAM = [
  'createEventStream',
  'getSsfConfiguration',
  'getSsfConfigurationOfPath',
  'getSsfKeys',
  'readEventStreams',
];
const ssfOperations = OPERATIONS.filter(({ path }) => path.includes('ssf'));
const ofOneStream = [
  ...ssfOperations.map((operation) => [operation.operationId, exampleRequest(operation)] as const),
  // The list can also read one stream.
  [
    'readEventStream',
    { method: 'GET', path: `ssf/streams?stream_id=${EXAMPLE_STREAM}`, headers: {} },
  ] as const,
].filter(([, example]) => JSON.stringify(example).includes(EXAMPLE_STREAM));

type Token = () => Promise<string>;
const receiver =
  (azp: string): Token =>
  () =>
    system.sign({ azp, roles: ['ssf.read', 'ssf.manage'] });
const owner = receiver('owner');
const stranger = receiver('stranger');

const send = async (
  { method, path, headers, body }: ExampleRequest,
  token: Token,
): Promise<Answer> =>
  system.client.request(method, path, {
    headers: { ...headers, authorization: `Bearer ${await token()}` },
    ...defined({ body }),
  });
const call = (method: string, path: string, token: Token, json?: object): Promise<Answer> =>
  send(
    {
      method,
      path: `ssf/${path}`,
      headers: json === undefined ? {} : { 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    },
    token,
  );
const about = (example: ExampleRequest, streamId: string): ExampleRequest =>
  JSON.parse(JSON.stringify(example).replaceAll(EXAMPLE_STREAM, streamId)) as ExampleRequest;

/** Creates a stream for polling. */
async function createStream(token: Token): Promise<string> {
  const { status, body } = await call('POST', 'streams', token, { description: 'secret plans' });
  expect(status).toBe(201);
  return String(body['stream_id']);
}

const waitingIn = async (streamId: string, token: Token): Promise<readonly string[]> => {
  const { body } = await call('POST', `poll/${streamId}`, token, { returnImmediately: true });
  return Object.keys(body['sets'] as object);
};

describe('the stream of another receiver', () => {
  let streamId: string;
  let waiting: readonly string[];
  beforeAll(async () => {
    streamId = await createStream(owner);
    await call('POST', 'verification', owner, { stream_id: streamId, state: 'secret plans' });
    waiting = await waitingIn(streamId, owner);
  });

  /** The stream as its owner sees it. */
  const seen = async (): Promise<readonly unknown[]> => [
    (await call('GET', `streams?stream_id=${streamId}`, owner)).body,
    (await call('GET', `status?stream_id=${streamId}`, owner)).body,
    await waitingIn(streamId, owner),
  ];

  it('is named by every operation except these', () => {
    const named = new Set<string>(ofOneStream.map(([id]) => id));
    const others = ssfOperations.map(({ operationId }) => operationId);
    expect(others.filter((id) => !named.has(id)).toSorted()).toEqual(WITHOUT_STREAM);
  });

  it.each(ofOneStream)('is indistinguishable from a missing stream for %s', async (_, example) => {
    const before = await seen();
    const ofOwner = await send(about(example, streamId), stranger);
    const ofNobody = await send(about(example, EXAMPLE_STREAM), stranger);
    const toText = ({ text }: Answer): string =>
      text
        .replaceAll(streamId, EXAMPLE_STREAM)
        .replaceAll(/"(request-id|date)":"[^"]*"/g, '"$1":""');
    expect([ofOwner.status, ofNobody.status]).toEqual([404, 404]);
    expect(toText(ofOwner)).toBe(toText(ofNobody));
    expect(await seen()).toEqual(before);
  });

  it('is listed only for its owner', async () => {
    expect((await call('GET', 'streams', stranger)).body).toEqual([]);
    expect((await call('GET', 'streams', owner)).body).toMatchObject([{ stream_id: streamId }]);
  });

  it('keeps its events when another receiver acknowledges them', async () => {
    expect(waiting).toHaveLength(1);
    const elsewhere = await createStream(stranger);
    for (const ack of [{ ack: waiting }, { setErrs: { [String(waiting[0])]: { err: 'x' } } }])
      await call('POST', `poll/${elsewhere}`, stranger, { returnImmediately: true, ...ack });
    expect(await waitingIn(streamId, owner)).toEqual(waiting);
  });

  it('answers the same requests of its owner', async () => {
    const passing = await createStream(owner);
    for (const [id, example] of ofOneStream.filter(([each]) => each !== 'deleteEventStream'))
      expect([id, (await send(about(example, passing), owner)).status]).not.toEqual([id, 404]);
  });
});

it('a token without a subject cannot have streams', async () => {
  const nobody: Token = () => system.sign({ roles: ['ssf.read', 'ssf.manage'] });
  expect((await call('POST', 'streams', nobody, {})).status).toBe(403);
  expect((await call('GET', 'streams', nobody)).status).toBe(403);
});

describe('the quarantine', () => {
  const NAME = `${'0'.repeat(64)}.json`;
  const KEPT = {
    contentType: 'application/json',
    requestId: 'kept',
    receivedDateTime: '2026-01-31T12:00:00Z',
    rejected: [],
    bodyBase64: '',
  };
  const put = async (container: string, name: string): Promise<void> => {
    const content = Buffer.from(JSON.stringify(KEPT));
    await BlobServiceClient.fromConnectionString(system.stack.description.storage)
      .getContainerClient(container)
      .getBlockBlobClient(name)
      .uploadData(content);
  };
  const ask = (method: string, name: string, under = ''): Promise<Answer> =>
    system.client.request(method, `quarantine/${encodeURIComponent(name)}${under}`, {
      as: 'admin',
    });

  it('serves no name that leads outside', async () => {
    await put(QUARANTINE_CONTAINER_NAME, NAME);
    await put(QUARANTINE_CONTAINER_NAME, 'other.json');
    await put(DECISIONS_CONTAINER_NAME, NAME);
    expect((await ask('GET', NAME)).status).toBe(200);
    for (const name of [
      `../${DECISIONS_CONTAINER_NAME}/${NAME}`,
      `..\\${DECISIONS_CONTAINER_NAME}\\${NAME}`,
      `./${NAME}`,
      'other.json',
      `${NAME}?comp=metadata`,
      `${NAME}\n`,
    ])
      for (const [method, under] of [['GET'], ['DELETE'], ['POST', '/replay']] as const)
        expect([name, method, (await ask(method, name, under)).status]).toEqual([
          name,
          method,
          404,
        ]);
  });
});

describe('the next page', () => {
  it('is valid only for its list and its filter', async () => {
    for (let each = 0; each < 2; each += 1)
      await system.client.enrol(`page-${randomUUID()}`, {
        operatingSystem: 'Android',
        osVersion: '15',
      });
    const list = (path: string): Promise<Answer> =>
      system.client.request('GET', `deviceManagement/${path}`, { as: 'admin' });
    const { body } = await list('managedDevices?$top=1');
    const token = new URL(String(body['@odata.nextLink'])).searchParams.get('$skiptoken') ?? '';
    const statuses = await Promise.all(
      [
        `managedDevices?$top=1&$skiptoken=${token}`,
        `auditEvents?$top=1&$skiptoken=${token}`,
        `managedDevices?$top=1&$filter=operatingSystem eq 'Android'&$skiptoken=${token}`,
      ].map(async (path) => (await list(path)).status),
    );
    expect(statuses).toEqual([200, 400, 400]);
  });
});
