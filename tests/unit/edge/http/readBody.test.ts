import { ReadableStream } from 'node:stream/web';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../shared/edge/http/http.ts';
import { readBody } from '../../../../shared/edge/http/readBody.ts';
import { readSignedBody } from '../../../../shared/edge/http/readSignedBody.ts';

const MEBIBYTE = 1024 * 1024;
const CHUNK = new Uint8Array(64 * 1024);

interface Streamed {
  readonly request: HttpRequest;
  /** The bytes that were taken so far. */
  readonly taken: () => number;
  readonly isCancelled: () => boolean;
}

/** A request whose body of 80 MiB arrives in chunks, as while the app streams. */
function streamed(headers: Record<string, string> = {}, size = 80 * MEBIBYTE): Streamed {
  let taken = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        taken += CHUNK.length;
        controller.enqueue(CHUNK);
        if (taken >= size) controller.close();
      },
      cancel() {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const request: HttpRequest = {
    method: 'POST',
    url: 'http://mtd.example/api/telemetry',
    headers: new Headers(headers),
    params: {},
    query: new URLSearchParams(),
    body,
  };
  return { request, taken: () => taken, isCancelled: () => isCancelled };
}

const NOW = new Date('2026-01-31T12:00:00Z');
const SIGNATURE = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(NOW.getTime() / 1000),
  'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
};

describe('a body that streams in', () => {
  it('is read as a whole up to 1 MiB', async () => {
    const { request } = streamed({}, MEBIBYTE);
    expect((await readBody(request)).byteLength).toBe(MEBIBYTE);
  });

  it('is left at the first chunk above 1 MiB, without closing the connection', async () => {
    const { request, taken, isCancelled } = streamed();
    await expect(readBody(request)).rejects.toMatchObject({ code: 'payloadTooLarge' });
    expect([taken(), isCancelled()]).toEqual([MEBIBYTE + CHUNK.length, false]);
  });

  it.each([
    ['an announced length above 1 MiB', { 'content-length': String(80 * MEBIBYTE) }],
    ['a content coding', { 'content-encoding': 'gzip' }],
  ])('is not read at all with %s', async (_, headers) => {
    const { request, taken } = streamed(headers);
    await expect(readBody(request)).rejects.toMatchObject({
      code: expect.stringMatching(/^(payloadTooLarge|unsupportedMediaType)$/) as string,
    });
    expect(taken()).toBe(0);
  });

  it.each([
    ['no signature', {}],
    ['no id', { ...SIGNATURE, 'webhook-id': '' }],
    ['a timestamp that is no number', { ...SIGNATURE, 'webhook-timestamp': 'now' }],
    ['a timestamp from an hour ago', { ...SIGNATURE, 'webhook-timestamp': '1769857200' }],
  ])('is not read at all with %s', async (_, headers) => {
    const { request, taken } = streamed(headers);
    await expect(readSignedBody(request, [], NOW)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(taken()).toBe(0);
  });

  it('is read up to 1 MiB for a signature that only the body can disprove', async () => {
    const { request, taken } = streamed(SIGNATURE);
    await expect(readSignedBody(request, [Buffer.alloc(32)], NOW)).rejects.toMatchObject({
      code: 'payloadTooLarge',
    });
    expect(taken()).toBe(MEBIBYTE + CHUNK.length);
  });
});

it('a body that ends early is a fault of the request', async () => {
  const body = new ReadableStream<Uint8Array>({ start: (it) => it.error(new Error('aborted')) });
  const { request } = streamed();
  await expect(readBody({ ...request, body })).rejects.toMatchObject({
    code: 'invalidRequest',
    message: 'the body ended early',
  });
});
