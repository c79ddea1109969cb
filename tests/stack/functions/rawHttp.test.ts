import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { quietStack } from '../../support/sharedStacks.ts';
import { exchangeRaw, statusesOf } from '../../support/sendRaw.ts';

const system = quietStack();

const HOST = 'host: mtd.example';
/** Comes last and ends the connection. It is answered only if the bytes before it were one complete request. */
const LAST = `GET /api/health/live HTTP/1.1\r\n${HOST}\r\nconnection: close\r\n\r\n`;
const SMUGGLED = `GET /api/openapi.json HTTP/1.1\r\n${HOST}\r\n\r\n`;
const FORGED = `webhook-signature: v1,${Buffer.alloc(32).toString('base64')}`;

/** An event, and the three headers of its signature. */
function signedEvent(): { readonly body: string; readonly signature: readonly string[] } {
  const body = JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    source: 'raw',
    type: 'sepmobile.device.heartbeat',
    time: new Date().toISOString(),
    data: { deviceId: 'raw-phone' },
  });
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  const signature = [
    `webhook-id: ${id}`,
    `webhook-timestamp: ${String(Math.floor(at.getTime() / 1000))}`,
    `webhook-signature: ${new Webhook(system.stack.description.webhookSecret).sign(id, at, body)}`,
  ];
  return { body, signature };
}

interface Post {
  readonly lines?: readonly string[];
  /** Replaces the headers of the signature. */
  readonly sign?: (signature: readonly string[]) => readonly string[];
  readonly version?: string;
  readonly lineEnd?: string;
  /** Replaces the length and the bytes of the event. */
  readonly frame?: (body: string) => { readonly length: readonly string[]; readonly bytes: string };
}

const byLength = (body: string): ReturnType<NonNullable<Post['frame']>> => ({
  length: [`content-length: ${String(body.length)}`],
  bytes: body,
});
const toChunk = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n`;

/** A signed event on the wire, with one manipulation. */
function toPost({
  lines = [],
  sign = (signature) => signature,
  version = 'HTTP/1.1',
  lineEnd = '\r\n',
  frame = byLength,
}: Post): string {
  const { body, signature } = signedEvent();
  const { length, bytes } = frame(body);
  const head = [
    `POST /api/webhooks/sep-mobile ${version}`,
    HOST,
    'content-type: application/cloudevents+json',
    ...sign(signature),
    ...lines,
    ...length,
  ];
  return [...head, '', ''].join(lineEnd) + bytes;
}

const send = async (bytes: string): Promise<readonly number[]> =>
  statusesOf(await exchangeRaw(system.stack.description.api, bytes + LAST));

describe('a signed event on the wire', () => {
  it.each<readonly [string, Post]>([
    ['with its length', {}],
    [
      'in chunks',
      {
        frame: (body) => ({
          length: ['transfer-encoding: chunked'],
          bytes: `${toChunk(body)}0\r\n\r\n`,
        }),
      },
    ],
  ])('is accepted %s', async (_, post) => {
    expect(await send(toPost(post))).toEqual([202, 200]);
  });

  it.each<readonly [string, Post]>([
    [
      'has a length and chunks',
      {
        frame: (body) => ({
          length: [
            `content-length: ${String(toChunk(body).length + 5 + SMUGGLED.length)}`,
            'transfer-encoding: chunked',
          ],
          bytes: `${toChunk(body)}0\r\n\r\n${SMUGGLED}`,
        }),
      },
    ],
    [
      'has chunks and a length',
      {
        frame: (body) => ({
          length: ['transfer-encoding: chunked', `content-length: ${String(body.length)}`],
          bytes: `${toChunk(body)}0\r\n\r\n${SMUGGLED}`,
        }),
      },
    ],
    [
      'has two lengths',
      {
        frame: (body) => ({
          length: [
            `content-length: ${String(body.length)}`,
            `content-length: ${String(body.length + SMUGGLED.length)}`,
          ],
          bytes: body + SMUGGLED,
        }),
      },
    ],
    [
      'has a list of lengths',
      {
        frame: (body) => ({
          length: [`content-length: ${String(body.length)}, ${String(body.length)}`],
          bytes: body + SMUGGLED,
        }),
      },
    ],
    [
      'has an unknown transfer coding',
      { frame: (body) => ({ length: ['transfer-encoding: xchunked'], bytes: toChunk(body) }) },
    ],
    [
      'has another transfer coding after chunks',
      {
        frame: (body) => ({
          length: ['transfer-encoding: chunked', 'transfer-encoding: identity'],
          bytes: `${toChunk(body)}0\r\n\r\n${SMUGGLED}`,
        }),
      },
    ],
    [
      'has chunks with lines that end in LF only',
      {
        frame: (body) => ({
          length: ['transfer-encoding: chunked'],
          bytes: `${body.length.toString(16)}\n${body}\n0\n\n${SMUGGLED}`,
        }),
      },
    ],
    ['has lines that end in LF only', { lineEnd: '\n' }],
    ['has one line that ends in LF only', { lines: ['x-a: b\nx-c: d'] }],
    ['has a CR within a line', { lines: ['x-a: b\rx-c: d'] }],
    ['has a NUL within a line', { lines: ['x-a: b\0'] }],
    ['has a header over two lines', { lines: ['x-a: b', ' c'] }],
    [
      'has its signature over two lines',
      { sign: (signature) => signature.map((line) => line.replace(': ', ':\r\n ')) },
    ],
    [
      'has a space before a colon',
      { sign: (signature) => signature.map((line) => line.replace(':', ' :')) },
    ],
    ['has a line without a colon', { lines: ['x-a'] }],
    ['has an unknown version', { version: 'HTTP/1.2' }],
  ])('is rejected if it %s, and nothing after it is read', async (_, post) => {
    expect(await send(toPost(post))).toEqual([400]);
  });

  it.each<readonly [string, Post]>([
    ['a forged signature before its own', { sign: (signature) => [FORGED, ...signature] }],
    ['a forged signature after its own', { sign: (signature) => [...signature, FORGED] }],
    ['another id', { sign: (signature) => [...signature, 'webhook-id: msg_other'] }],
    ['another timestamp', { sign: (signature) => [...signature, 'webhook-timestamp: 1'] }],
    [
      'its signature in a trailer',
      {
        sign: (signature) => signature.filter((line) => !line.startsWith('webhook-signature')),
        frame: (body) => ({
          length: ['transfer-encoding: chunked', 'trailer: webhook-signature'],
          bytes: `${toChunk(body)}0\r\n${FORGED}\r\n\r\n`,
        }),
      },
    ],
  ])('is rejected with %s', async (_, post) => {
    expect(await send(toPost(post))).toEqual([401, 200]);
  });

  it('is rejected with headers that are too large', async () => {
    expect(await send(toPost({ lines: [`x-a: ${'a'.repeat(20_000)}`] }))).toEqual([431]);
  });
});

describe('a valid token', () => {
  it.each([
    ['alone', (right: string) => [right], 200],
    ['before an invalid one', (right: string) => [right, 'authorization: Bearer a.b.c'], 401],
    ['after an invalid one', (right: string) => ['authorization: Bearer a.b.c', right], 401],
    ['twice', (right: string) => [right, right], 401],
  ])('%s', async (_, lines, status) => {
    const right = `authorization: Bearer ${await system.client.token('admin')}`;
    const head = ['GET /api/deviceManagement/settings HTTP/1.1', HOST, ...lines(right)];
    expect(await send([...head, '', ''].join('\r\n'))).toEqual([status, 200]);
  });
});

describe('the path of a request', () => {
  it.each([
    ['includes everything after two slashes', '//x/api/health/live', HOST, 404],
    ['is taken from an absolute URL', 'http://mtd.example/api/health/live', HOST, 200],
    [
      'is rejected if the URL has another host than the header',
      'http://other/api/health/live',
      HOST,
      400,
    ],
    ['is not taken from the name of the host', '/', 'host: x/api/health/live?', 400],
    ['is rejected with two hosts', '/api/health/live', `${HOST}\r\n${HOST}`, 400],
    ['is rejected with a user in the host', '/api/health/live', 'host: mtd.example@x', 400],
  ])('%s', async (_, target, host, status) => {
    const head = [`GET ${target} HTTP/1.1`, host, '', ''].join('\r\n');
    expect(await send(head)).toEqual([status, 200]);
  });
});
