import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { defined } from '../../../shared/base/defined.ts';
import type { Operation } from '../../../shared/edge/openApi/operation.ts';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest, type ExampleRequest } from '../../support/exampleRequest.ts';
import { timedStack } from '../../support/sharedStacks.ts';
import { eventually } from '../../support/eventually.ts';

const system = timedStack();

/** Ends the line, forges another line of the log, and controls a terminal. */
const FORGED =
  'evil\r\n2026-01-31T00:00:00.000Z error forged\u001b[2J\u0007\u0085\u2028\u202e\u{e0041}"`';
/** The part of it that a header can carry, in UTF-8. */
/** The host passes on US-ASCII only. */
const FORGED_HEADER = 'evil\t [2J"`';
const LONG = `evil${'a'.repeat(6000)}`;
const EVERYTHING = {
  azp: 'log',
  roles: [
    ...new Set(OPERATIONS.flatMap(({ access }) => (typeof access === 'string' ? [] : access))),
  ],
};

const asPath =
  (value: string) =>
  (operation: Operation): ExampleRequest => {
    const example = exampleRequest(operation);
    const path = operation.path.slice(1).replaceAll(/\{\w+\}/g, encodeURIComponent(value));
    const [, query] = example.path.split('?');
    return { ...example, path: query === undefined ? path : `${path}?${query}` };
  };
const asQuery =
  (value: string) =>
  (operation: Operation): ExampleRequest => {
    const example = exampleRequest(operation);
    const [path = ''] = example.path.split('?');
    const names = (operation.parameters ?? []).flatMap(({ name, in: place }) =>
      place === 'query' ? [name] : [],
    );
    const query = new URLSearchParams(
      [...names, value].map((name): [string, string] => [name, value]),
    );
    return { ...example, path: `${path}?${String(query)}` };
  };
const asHeader = (operation: Operation): ExampleRequest => {
  const example = exampleRequest(operation);
  const names = ['accept-language', 'content-type', 'if-match', 'webhook-id', 'x-device-id'];
  const headers = Object.fromEntries(names.map((name) => [name, FORGED_HEADER]));
  return { ...example, headers: { ...example.headers, ...headers } };
};
const asBody =
  (toBody: (body: unknown) => string) =>
  (operation: Operation): ExampleRequest => {
    const { body, ...example } = exampleRequest(operation);
    if (body === undefined) return example;
    const isJson = example.headers['content-type']?.includes('json') ?? false;
    return { ...example, body: toBody(isJson ? (JSON.parse(body) as unknown) : body) };
  };

/** The value with every text replaced, and an unknown name in each object. */
function corrupt(value: unknown): unknown {
  if (typeof value === 'string') return FORGED;
  if (Array.isArray(value)) return value.map(corrupt);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, corrupt(each)]);
  return { ...Object.fromEntries(entries), [FORGED]: FORGED };
}

/** Each place in a request, the request, and the text that the log must show. */
const PLACES: readonly (readonly [string, (operation: Operation) => ExampleRequest, string])[] = [
  ['the path', asPath(FORGED), 'evil\\u000d\\u000a2026'],
  ['the path, long', asPath(LONG), ' more characters'],
  ['the query', asQuery(FORGED), 'evil\\u000d\\u000a2026'],
  ['a header', asHeader, 'evil\\u0009 [2J'],
  ['the texts and names of a body', asBody((body) => JSON.stringify(corrupt(body))), 'evil\\u000d'],
  ['a body that is not JSON', asBody(() => FORGED), 'evil\\u000d\\u000a2026'],
];

const logged = (): string => readFileSync(join(system.folder, 'log/functionsHost.log'), 'utf8');

/** The log, once it contains the lines of all requests so far. */
async function allLogged(): Promise<string> {
  const last = `last-${randomUUID()}`;
  await system.client.request('POST', 'webhooks/sep-mobile', { headers: { 'content-type': last } });
  await system.client.request('GET', `accessDecisions/${last}`, { as: 'admin' });
  return eventually(logged, (text) => text.includes(last));
}

describe('text from a request', () => {
  let token: string;
  beforeAll(async () => {
    token = await system.sign(EVERYTHING);
  });

  it.each(PLACES)(
    'in %s stays within its line of the log, without control characters',
    async (_, make, shown) => {
      const before = (await allLogged()).length;
      for (const operation of OPERATIONS) {
        const { method, path, headers, body } = make(operation);
        const { status } = await system.client.request(method, path, {
          headers: { ...headers, authorization: `Bearer ${token}` },
          ...defined({ body }),
        });
        expect([operation.operationId, status]).not.toEqual([operation.operationId, 500]);
      }
      const lines = (await allLogged())
        .slice(before)
        .split('\n')
        .filter((line) => line !== '');
      expect(lines.some((line) => line.includes(shown))).toBe(true);
      for (const line of lines) {
        expect(line).toMatch(/^20[\d:.T-]+Z (?:warning|error) \w+ [\da-f]{8} /);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(line.length).toBeLessThan(5000);
      }
    },
  );
});
