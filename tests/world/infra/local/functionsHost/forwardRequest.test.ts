import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import type { TriggerInput } from '../../../../../infra/local/functionsHost/invoke.ts';
import { startHostListener, type HostListener } from '../../../../support/hostListener.ts';
import { listeningPort } from '../../../../support/listeningPort.ts';
import { exchangeRaw, statusesOf } from '../../../../support/sendRaw.ts';
import { stopServer } from '../../../../support/stopServer.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(stopServer)));

interface Streaming extends HostListener {
  readonly invoked: readonly TriggerInput[];
  /** The bodies that the worker read. */
  readonly bodies: readonly string[];
}

/** A host and a worker that takes its requests by HTTP, as `@azure/functions` does, and answers 201. */
async function startStreaming(isFailing = false): Promise<Streaming> {
  const invoked: TriggerInput[] = [];
  const bodies: string[] = [];
  const waiting = new Map<string, (answer: () => void) => void>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = String(request.headers['x-ms-invocation-id']);
    await new Promise<void>((resolve) => waiting.set(id, () => resolve()));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(String(Buffer.concat(chunks)));
    response.writeHead(201, { 'x-seen': 'yes' }).end('done');
  };
  const worker = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const workerPort = await listeningPort(worker);
  const listener = await startHostListener({
    workerPort,
    maxBodySizeInBytes: 1000,
    activityTimeoutInMilliseconds: 200,
    async invoke(_, input) {
      invoked.push(input);
      if (isFailing) throw new Error('the function failed');
      const begin = await untilArrived(waiting, String(input.invocationId));
      begin?.(() => undefined);
      return undefined;
    },
  });
  servers.push(listener.server, worker);
  return { ...listener, invoked, bodies };
}

/** The request of an invocation may arrive after it. */
async function untilArrived<T>(
  waiting: ReadonlyMap<string, T>,
  id: string,
): Promise<T | undefined> {
  for (let turn = 0; turn < 10_000 && !waiting.has(id); turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  return waiting.get(id);
}

const HEAD = 'POST /api/echo?id=query HTTP/1.1\r\nhost: x\r\nconnection: close\r\n';
const inChunks = (body: string): string =>
  `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const withLength = (body: string): string =>
  `content-length: ${String(body.length)}\r\n\r\n${body}`;

it('passes on a body in chunks', async () => {
  const { address, bodies } = await startStreaming();
  const answer = await exchangeRaw(address, HEAD + inChunks('{"a":1}'));
  expect([statusesOf(answer), bodies]).toEqual([[201], ['{"a":1}']]);
  expect(answer).toContain('x-seen: yes');
});

it('loses a body in chunks if the app does not stream, as over gRPC', async () => {
  const { address, server, passed } = await startHostListener();
  servers.push(server);
  expect(statusesOf(await exchangeRaw(address, HEAD + inChunks('{"a":1}')))).toEqual([200]);
  expect(statusesOf(await exchangeRaw(address, HEAD + withLength('{"a":1}')))).toEqual([200]);
  expect(passed.map(({ body }) => body && String(body.bytes))).toEqual([undefined, '{"a":1}']);
});

it('gives the function the properties of a JSON body and the query as if they were in its route', async () => {
  const { address, invoked } = await startStreaming();
  await exchangeRaw(address, HEAD + withLength('{"ID":"body","deviceId":"x","list":[]}'));
  expect(invoked[0]?.triggerMetadata).toMatchObject({
    ID: { string: 'query' },
    deviceId: { string: 'x' },
    Query: { json: '{"id":"query"}' },
  });
  expect(invoked[0]?.triggerMetadata).not.toHaveProperty('list');
});

it('refuses a body in chunks that is too large', async () => {
  const { address } = await startStreaming();
  expect(statusesOf(await exchangeRaw(address, HEAD + inChunks('x'.repeat(1001))))).toEqual([413]);
});

it('answers nothing for a function that fails, until the worker was silent for too long', async () => {
  const { address } = await startStreaming(true);
  expect(statusesOf(await exchangeRaw(address, HEAD + withLength('{}')))).toEqual([504]);
});

it('replaces the id of the invocation that a caller sends', async () => {
  const { address, bodies } = await startStreaming();
  const forged = `${HEAD}x-ms-invocation-id: error\r\n${withLength('{}')}`;
  expect(statusesOf(await exchangeRaw(address, forged))).toEqual([201]);
  expect(bodies).toEqual(['{}']);
});

it('cannot pass on a header that is not US-ASCII', async () => {
  const { address, bodies } = await startStreaming();
  const named = `${HEAD}x-name: jürgen\r\n${withLength('{}')}`;
  expect(statusesOf(await exchangeRaw(address, Buffer.from(named)))).toEqual([502]);
  expect(bodies).toEqual([]);
});
