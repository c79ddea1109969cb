import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../../shared/edge/http/http.ts';
import { readPaging, toPage, type PagingConfig } from '../../../../shared/edge/http/paging.ts';

const NEW = Buffer.alloc(32, 1);
const OLD = Buffer.alloc(32, 2);
const config: PagingConfig = {
  publicOrigin: 'https://mtd.example',
  ticketKeys: [NEW],
  webhookSecrets: [Buffer.alloc(24, 3)],
};

function requestOf(url: string): HttpRequest {
  const { searchParams } = new URL(url);
  return {
    method: 'GET',
    url,
    headers: new Headers({ host: new URL(url).host }),
    params: {},
    query: searchParams,
    body: null,
  };
}

const LIST = 'http://evil.example/api/deviceManagement/managedDevices?$top=2';

function linkOf(settings: PagingConfig, continuation = 'next'): string {
  const page = toPage(requestOf(LIST), settings, [], continuation) as Record<string, string>;
  return page['@odata.nextLink'] ?? '';
}

/** The continuation that the link leads to. */
const follow = (link: string, settings: PagingConfig): string | undefined =>
  readPaging(requestOf(new URL(link, 'http://evil.example').href), settings).continuation;

describe('the link to the next page', () => {
  it('has the configured origin and the query of the request', () => {
    const link = new URL(linkOf(config));
    expect([link.origin, link.pathname, link.searchParams.get('$top')]).toEqual([
      'https://mtd.example',
      '/api/deviceManagement/managedDevices',
      '2',
    ]);
  });

  it('is relative without a configured origin', () => {
    const link = linkOf({ ...config, publicOrigin: undefined });
    expect(link).toMatch(/^\/api\/deviceManagement\/managedDevices\?/);
  });

  it('leads to the continuation, whatever text that is', () => {
    for (const text of ['next', '{"token":"+RID:~x"}', 'ü', '0'])
      expect(follow(linkOf(config, text), config)).toBe(text);
  });

  it('of the old key is followed while the key rotates', () => {
    const rotating = { ...config, ticketKeys: [NEW, OLD] };
    const before = { ...config, ticketKeys: [OLD] };
    expect(follow(linkOf(before), rotating)).toBe('next');
    expect(() => follow(linkOf(rotating), before)).toThrow('$skiptoken');
  });

  it('is signed by the webhook secret if there are no tickets', () => {
    const settings = { ...config, ticketKeys: [] };
    expect(follow(linkOf(settings), settings)).toBe('next');
    expect(() => follow(linkOf(settings), config)).toThrow('$skiptoken');
  });
});
