import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest } from '../../support/exampleRequest.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const reads = OPERATIONS.filter(({ method }) => method === 'get');

beforeAll(() =>
  system.client.enrol('example-phone', { operatingSystem: 'Android', osVersion: '15' }),
);

describe('HEAD', () => {
  it.each(reads.map((operation) => [operation.operationId, operation] as const))(
    'has the status and headers of GET, and no body: %s',
    async (_, operation) => {
      const { path, headers: own } = exampleRequest(operation);
      // `fetch` shows a compressed body as if it were not.
      const caller = operation.access === 'anonymous' ? {} : await system.asNewAdmin();
      const headers = { ...own, ...caller, 'accept-encoding': 'identity' };
      const got = await system.client.request('GET', path, { headers });
      const head = await system.client.request('HEAD', path, { headers });
      expect([head.status, head.text]).toEqual([got.status, '']);
      const names = ['content-type', 'cache-control', 'etag', 'www-authenticate', 'retry-after'];
      const shown = (of: Headers): unknown => names.map((name) => of.get(name));
      expect(shown(head.headers)).toEqual(shown(got.headers));
      if (got.text !== '')
        expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(got.text)));
    },
  );

  it('needs no more than the role that GET needs', async () => {
    const authorization = `Bearer ${await system.sign({ roles: ['Configuration.Read.All'], azp: 'reader' })}`;
    for (const path of ['deviceManagement/settings', 'deviceManagement/auditEvents', 'setup']) {
      const { status } = await system.client.request('HEAD', path, { headers: { authorization } });
      expect([path, status]).toEqual([path, 200]);
    }
  });

  it('changes nothing at an endpoint without GET', async () => {
    const { status } = await system.client.request('HEAD', 'accessDecisions', { as: 'caller' });
    expect(status).toBe(404);
  });
});
