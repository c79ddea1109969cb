import { createServer, type Server } from 'node:http';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createArmClient, type ArmClient } from '../../../../infra/deploy/armClient.ts';
import { listenOnLoopback } from '../../../../infra/local/listenOnLoopback.ts';
import { stopServer } from '../../../support/stopServer.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const answers: Answer[] = [];
const requests: string[] = [];
let server: Server;
let endpoint: string;
let arm: ArmClient;
beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const { status, headers = {}, body } = answers.shift() ?? { status: 500 };
    response.writeHead(status, { 'retry-after': '0', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  endpoint = await listenOnLoopback(server);
  const credential = {
    getToken: () => Promise.resolve({ token: 'secret', expiresOnTimestamp: 0 }),
  };
  const pause = (): Promise<void> => Promise.resolve();
  arm = createArmClient({ endpoint, credential, fetch, pause, onWait: () => undefined });
});
beforeEach(() => {
  requests.length = 0;
  answers.length = 0;
});
afterAll(() => stopServer(server));

describe('a long-running operation', () => {
  it('is polled until it ends, and a PUT then returns the resource', async () => {
    answers.push(
      { status: 201, headers: { 'azure-asyncoperation': `${endpoint}/operations/1` } },
      { status: 200, body: { status: 'Running' } },
      { status: 429 },
      { status: 200, body: { status: 'Succeeded' } },
      { status: 200, body: { id: 'x' } },
    );
    expect(await arm.run('PUT', '/x', {})).toEqual({ id: 'x' });
    expect(requests).toEqual([
      'PUT /x',
      'GET /operations/1',
      'GET /operations/1',
      'GET /operations/1',
      'GET /x',
    ]);
  });

  it('with only a Location header ends at any answer but 202', async () => {
    answers.push(
      { status: 202, headers: { location: `${endpoint}/results/1` } },
      { status: 202 },
      { status: 200, body: { properties: {} } },
    );
    expect(await arm.run('POST', '/x', {})).toEqual({ properties: {} });
  });

  it('that fails reports every nested cause', async () => {
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

  it('is not followed to another origin, which would receive the token', async () => {
    answers.push({ status: 202, headers: { location: 'http://elsewhere.example/results/1' } });
    await expect(arm.run('POST', '/x', {})).rejects.toMatchObject({ code: 'elsewhere' });
    expect(requests).toEqual(['POST /x']);
  });
});

describe('a request', () => {
  it('for a missing resource returns nothing', async () => {
    answers.push({ status: 404 }, { status: 404 });
    expect([await arm.run('GET', '/x'), await arm.run('DELETE', '/x')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('that is rejected is not retried', async () => {
    answers.push({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } });
    await expect(arm.run('PUT', '/x', {})).rejects.toMatchObject({
      status: 403,
      code: 'AuthorizationFailed',
    });
    expect(requests).toHaveLength(1);
  });
});
