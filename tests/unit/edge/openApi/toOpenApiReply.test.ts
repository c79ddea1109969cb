import { describe, expect, it } from 'vitest';
import { toOpenApiReply } from '../../../../shared/edge/openApi/toOpenApiReply.ts';

/** Reads the description, and returns its text. */
const read = (server: string): string => {
  const { status, body = '' } = toOpenApiReply(server, null);
  expect(status).toBe(200);
  return body;
};

describe('the API description', () => {
  it('is serialised once for all readers', () => {
    const stringify = JSON.stringify;
    let count = 0;
    JSON.stringify = ((...given: Parameters<typeof stringify>) => {
      count += 1;
      return stringify(...given);
    }) as typeof stringify;
    try {
      for (let reader = 0; reader < 1000; reader += 1) read('https://once.example/api');
    } finally {
      JSON.stringify = stringify;
    }
    expect(count).toBe(1);
  });

  it('has its own address and entity tag for each server', () => {
    const tags = ['one', 'two'].map((name) => {
      const server = `https://${name}.example/api`;
      expect(JSON.parse(read(server))).toMatchObject({ servers: [{ url: server }] });
      return toOpenApiReply(server, null).headers?.['etag'];
    });
    expect(new Set(tags).size).toBe(2);
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
