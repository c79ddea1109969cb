import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { HttpReply } from '../../../../shared/edge/http/http.ts';
import { toOpenApiReply } from '../../../../shared/edge/openApi/toOpenApiReply.ts';

const ask = (server: string, headers: Record<string, string> = {}): HttpReply =>
  toOpenApiReply(server, { headers: new Headers(headers) });

/** Reads the description, and returns its text. */
const read = (server: string): string => {
  const { status, body = '' } = ask(server);
  expect(status).toBe(200);
  return Buffer.from(body).toString();
};

describe('the API description', () => {
  it('is serialised once for all readers', () => {
    const { body } = ask('https://once.example/api');
    for (let reader = 0; reader < 100; reader += 1)
      expect(ask('https://once.example/api').body).toBe(body);
  });

  it('has its own address and entity tag for each server', () => {
    const tags = ['one', 'two'].map((name) => {
      const server = `https://${name}.example/api`;
      expect(JSON.parse(read(server))).toMatchObject({ servers: [{ url: server }] });
      return ask(server).headers?.['etag'];
    });
    expect(new Set(tags).size).toBe(2);
  });

  it.each([
    ['gzip', true],
    ['br;q=1.0, GZIP;q=0.8, *;q=0.1', true],
    ['deflate, gzip', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000, br', false],
    ['br', false],
    ['x-gzip', false],
    ['', false],
  ])('is compressed once for readers that accept it: `%s`', (accepted, isGzip) => {
    const server = 'https://gzip.example/api';
    const { headers = {}, body = '' } = ask(server, { 'accept-encoding': accepted });
    expect([headers['content-encoding'], headers['vary']]).toEqual([
      isGzip ? 'gzip' : undefined,
      'accept-encoding',
    ]);
    const text = isGzip ? gunzipSync(body) : Buffer.from(body);
    expect(text.toString()).toBe(read(server));
    expect(ask(server, { 'accept-encoding': accepted }).body).toBe(body);
    const known = { 'accept-encoding': accepted, 'if-none-match': headers['etag'] ?? '' };
    expect(ask(server, known).status).toBe(304);
    expect(headers['etag'] === ask(server).headers?.['etag']).toBe(!isGzip);
  });

  it('is relative without a configured origin', () => {
    const document = JSON.parse(read('/api')) as {
      readonly servers: readonly object[];
      readonly paths: Record<string, Record<string, { readonly servers?: readonly object[] }>>;
    };
    expect(document.servers).toEqual([{ url: '/api' }]);
    const wellKnown = document.paths['/.well-known/ssf-configuration']?.['get'];
    expect(wellKnown?.servers).toEqual([{ url: '/' }]);
  });
});
