import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createArmClient, type ArmClient } from '../../../../infra/deploy/armClient.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const answers: Answer[] = [];
const asked: string[] = [];
let server: Server;
let endpoint: string;
let arm: ArmClient;
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const { status, headers = {}, body } = answers.shift() ?? { status: 500 };
    response.writeHead(status, { 'retry-after': '0', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const credential = {
    getToken: () => Promise.resolve({ token: 'secret', expiresOnTimestamp: 0 }),
  };
  arm = createArmClient({ endpoint, credential, fetch, onWait: () => undefined });
});
beforeEach(() => {
  asked.length = 0;
  answers.length = 0;
});
afterAll(
  () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
);

describe('an operation that takes long', () => {
  it('is looked at until it is over, and of a PUT the resource is the answer', async () => {
    answers.push(
      { status: 201, headers: { 'azure-asyncoperation': `${endpoint}/operations/1` } },
      { status: 200, body: { status: 'Running' } },
      { status: 429 },
      { status: 200, body: { status: 'Succeeded' } },
      { status: 200, body: { id: 'x' } },
    );
    expect(await arm.run('PUT', '/x', {})).toEqual({ id: 'x' });
    expect(asked).toEqual([
      'PUT /x',
      'GET /operations/1',
      'GET /operations/1',
      'GET /operations/1',
      'GET /x',
    ]);
  });

  it('by its location alone is over at any answer but 202', async () => {
    answers.push(
      { status: 202, headers: { location: `${endpoint}/results/1` } },
      { status: 202 },
      { status: 200, body: { properties: {} } },
    );
    expect(await arm.run('POST', '/x', {})).toEqual({ properties: {} });
  });

  it('that fails gives every reason, down to the last', async () => {
    const error = {
      code: 'DeploymentFailed',
      message: 'see details',
      details: [{ code: 'Conflict', target: 'vault', message: 'the name is taken' }],
    };
    answers.push(
      { status: 201, headers: { 'azure-asyncoperation': `${endpoint}/operations/1` } },
      { status: 200, body: { status: 'Failed', error } },
    );
    await expect(arm.run('PUT', '/x', {})).rejects.toMatchObject({
      code: 'DeploymentFailed',
      message: 'DeploymentFailed: see details\n  Conflict (vault): the name is taken',
    });
  });

  it('is followed to no other place: the token stays here', async () => {
    answers.push({ status: 202, headers: { location: 'http://elsewhere.example/results/1' } });
    await expect(arm.run('POST', '/x', {})).rejects.toMatchObject({ code: 'elsewhere' });
    expect(asked).toEqual(['POST /x']);
  });
});

describe('a request', () => {
  it('for what is not there is answered with nothing', async () => {
    answers.push({ status: 404 }, { status: 404 });
    expect([await arm.run('GET', '/x'), await arm.run('DELETE', '/x')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('that is refused is not repeated', async () => {
    answers.push({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } });
    await expect(arm.run('PUT', '/x', {})).rejects.toMatchObject({
      status: 403,
      code: 'AuthorizationFailed',
    });
    expect(asked).toHaveLength(1);
  });
});
