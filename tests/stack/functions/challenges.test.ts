import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../../shared/edge/openApi/operation.ts';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { KEY_CHALLENGE, SIGNATURE_CHALLENGE } from '../../support/challenges.ts';
import { exampleRequest } from '../../support/exampleRequest.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const run = promisify(execFile);

/** Envoy's endpoint always answers 200 or 403, and Cloudflare's own token has no scheme, so it answers 403. */
const guarded = OPERATIONS.filter(
  ({ access, path }) =>
    access !== 'anonymous' && access !== 'cloudflare' && !path.startsWith('/access/envoy/'),
);

function ask(operation: Operation, headers: Record<string, string> = {}): Promise<Response> {
  const { method, path, headers: own, body } = exampleRequest(operation);
  const prefix = path.startsWith('.well-known/') ? '' : '/api';
  return fetch(`${system.stack.description.api}${prefix}/${path}`, {
    method,
    headers: { ...own, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const basic = (name: string, key: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`,
});

const challengeOf = async (operation: Operation): Promise<string> => {
  const { status, headers } = await ask(operation);
  expect([operation.operationId, status]).toEqual([operation.operationId, 401]);
  return headers.get('www-authenticate') ?? '';
};

beforeAll(() =>
  system.client.enrol('example-phone', { operatingSystem: 'Android', osVersion: '15' }),
);

describe('a 401', () => {
  it.each(guarded.map((operation) => [operation.operationId, operation] as const))(
    'names user and password exactly where a key opens the endpoint: %s',
    async (_, operation) => {
      const challenge = await challengeOf(operation);
      const { proxy, nac } = system.stack.description.callerKeys;
      const answers = await Promise.all([
        ask(operation, basic('proxy', proxy)),
        ask(operation, basic('nac', nac)),
      ]);
      // FreeRADIUS is told 401 for a blocked device too: only the reply of a decision has an id.
      const isOpened = answers.some(
        ({ status, headers }) =>
          (status !== 401 && status !== 403) || headers.has('x-access-decision-id'),
      );
      expect(challenge.includes('Basic')).toBe(isOpened);
      if (isOpened) expect(challenge).toBe(KEY_CHALLENGE);
    },
  );

  it.each(guarded.map((operation) => [operation.operationId, operation] as const))(
    'names a token and a signature exactly where they are accepted: %s',
    async (_, operation) => {
      const { access, orSignature } = operation;
      const challenge = await challengeOf(operation);
      expect(/\bBearer\b/.test(challenge)).toBe(access !== 'signature');
      const isSigned = access === 'signature' || orSignature === true;
      expect(challenge.includes(SIGNATURE_CHALLENGE)).toBe(isSigned);
    },
  );

  it.each([
    ['nac', 'nac/ciscoise/mdminfo?ise_api_version=3', 200],
    ['nac', 'nac/devices?querycriteria=compliance&value=false', 200],
    ['proxy', 'access/nginx/companyApp:payroll', 403],
    ['radius', 'access/radius/wifi?mac=02-00-5E-00-53-99', 404],
  ] as const)('lets curl --anyauth answer with the key: %s at %s', async (name, path, status) => {
    const { api, callerKeys } = system.stack.description;
    const { stdout } = await run('curl', [
      '--silent',
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code}',
      '--anyauth',
      '--user',
      `${name}:${callerKeys[name]}`,
      '--header',
      'x-device-id: nobody',
      `${api}/api/${path}`,
    ]);
    expect(stdout).toBe(String(status));
  });
});
