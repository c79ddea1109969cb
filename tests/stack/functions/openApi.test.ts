import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Webhook } from 'standardwebhooks';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { defined } from '../../../shared/base/defined.ts';
import { OPERATIONS, toOpenApi } from '../../../shared/edge/openApi/toOpenApi.ts';
import { AUTHENTICATION_EVENTS } from '../../support/quietSettings.ts';
import { timedStack } from '../../support/sharedStacks.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

interface OperationObject {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { name: string; in: string; example?: string | number }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { example?: unknown }>> };
  readonly responses: Readonly<
    Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: { readonly Error: object } };
}

interface Example {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

const document = JSON.parse(JSON.stringify(toOpenApi('https://mtd.example/api'))) as Document;

/** Resources are created before they are read, and changed before they are deleted. */
const ORDER = ['put', 'post', 'options', 'get', 'patch', 'delete'];
const examples = Object.entries(document.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Example => ({ method, path, operation })),
  )
  .toSorted((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method));

const DESCRIBED_METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'patch']);

const system = timedStack();

describe('the OpenAPI document', () => {
  it('passes the linter without a finding', async () => {
    const problems = await lintFromString({
      source: JSON.stringify(document),
      config: await createConfig({ extends: ['recommended'] }),
    });
    expect(
      problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]),
    ).toEqual([]);
  });

  it('describes exactly the registered operations', () => {
    // It rejects everything at the root of the host, outside of the API.
    const files = globSync('functions/**/*.ts', { cwd: ROOT, exclude: ['**/rejectRoot.ts'] });
    const registered = files.flatMap((file) => {
      const source = readFileSync(join(ROOT, file), 'utf8');
      const [, methods = '', route = ''] =
        /app\.http\([\s\S]*?methods: \[([^\]]*)\][\s\S]*?route: '([^']+)'/.exec(source) ?? [];
      const names = [...methods.matchAll(/'(\w+)'/g)].map(([, name = '']) => name.toLowerCase());
      // An optional parameter, or one for the rest of the path, makes two paths.
      const paths = /\{\*|\?\}/.test(route)
        ? [route.replace(/\/\{(\*\w+|\w+\?)\}/, ''), route.replace('{*', '{').replace('?}', '}')]
        : [route];
      // A `get` describes `head` too, and OpenAPI 3.1 has no other methods.
      return names
        .filter((name) => DESCRIBED_METHODS.has(name))
        .flatMap((name) => paths.map((path) => `${name} /${path.replace(/^api\//, '')}`));
    });
    const described = examples
      .map(({ method, path }) => `${method} ${path}`)
      .filter((each) => !each.startsWith('head '));
    expect(described.toSorted()).toEqual(registered.toSorted());
    expect(registered.length).toBeGreaterThan(30);
  });

  it('is served unchanged', async () => {
    const { status, body } = await system.client.request('GET', 'openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(
      JSON.parse(JSON.stringify(toOpenApi(`${system.stack.description.api}/api`))),
    );
  });
});

function fill({ path, operation: { parameters = [] } }: Example): string {
  const given = parameters.filter(({ example }) => example !== undefined);
  const filled = given
    .filter(({ in: place }) => place === 'path')
    .reduce((text, { name, example = '' }) => text.replace(`{${name}}`, String(example)), path);
  const query = given
    .filter(({ in: place }) => place === 'query')
    .map(({ name, example = '' }) => `${name}=${encodeURIComponent(String(example))}`);
  return `${filled.slice(1)}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

async function headersOf(
  { operation }: Example,
  body: string | undefined,
): Promise<Record<string, string>> {
  const given = (operation.parameters ?? []).filter(
    ({ in: place, example }) => place === 'header' && example !== undefined,
  );
  const [contentType] = Object.keys(operation.requestBody?.content ?? {});
  const isSigned = operation.security.some((each) => 'signature' in each);
  const isEntra = operation.security.some((each) => 'entra' in each);
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  return {
    ...Object.fromEntries(given.map(({ name, example = '' }) => [name, String(example)])),
    ...defined({ 'content-type': contentType }),
    ...(isEntra ? { authorization: `Bearer ${await signAsEntra()}` } : {}),
    ...(isSigned && body !== undefined
      ? {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(system.stack.description.webhookSecret).sign(
            id,
            at,
            body,
          ),
        }
      : {}),
  };
}

interface SchemaObject {
  readonly properties?: Readonly<Record<string, SchemaObject>>;
  readonly patternProperties?: object;
  readonly items?: SchemaObject;
  readonly allOf?: readonly SchemaObject[];
  readonly anyOf?: readonly SchemaObject[];
}

/** The properties of a value that its schema does not declare. */
function undeclared(schema: SchemaObject, value: unknown, path = ''): readonly string[] {
  const options = schema.anyOf?.map((option) => undeclared(option, value, path));
  if (options !== undefined) return options.toSorted((a, b) => a.length - b.length)[0] ?? [];
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((each) => undeclared(items, each, `${path}/-`));
  }
  if (typeof value !== 'object' || value === null || schema.patternProperties !== undefined)
    return [];
  const parts = [schema, ...(schema.allOf ?? [])];
  const known = Object.assign(
    {},
    ...parts.map(({ properties }) => properties ?? {}),
  ) as NonNullable<SchemaObject['properties']>;
  if (Object.keys(known).length === 0) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const { [name]: property } = known;
    return property === undefined
      ? [`${path}/${name}`]
      : undeclared(property, each, `${path}/${name}`);
  });
}

function signAsEntra(): Promise<string> {
  return system.sign({ azp: AUTHENTICATION_EVENTS });
}

describe('each example of the OpenAPI document', () => {
  it('works, and its answer has the declared status and schema', async () => {
    for (const example of examples) {
      const { operation, method } = example;
      const [[type, media] = []] = Object.entries(operation.requestBody?.content ?? {});
      const isText = typeof media?.example === 'string' && type?.includes('json') === false;
      const body = isText ? String(media.example) : media && JSON.stringify(media.example);
      const needsToken = operation.security.some((each) => 'token' in each);
      const answer = await system.client.request(method.toUpperCase(), fill(example), {
        ...(needsToken ? { as: 'admin' } : {}),
        ...defined({ body }),
        headers: await headersOf(example, body),
      });
      const response = operation.responses[String(answer.status)];
      const { operationId } = operation;
      const declared = OPERATIONS.find((each) => each.operationId === operationId);
      const expected = [
        declared?.status,
        ...Object.keys(declared?.otherStatuses ?? {}).map(Number),
      ];
      expect([operationId, expected]).toEqual([
        operationId,
        expect.arrayContaining([answer.status]),
      ]);
      expect(response).toBeDefined();
      const schema =
        response?.$ref === undefined
          ? response?.content?.['application/json']?.schema
          : document.components.schemas.Error;
      if (schema === undefined) continue;
      expect([operationId, Compile(schema).Errors(answer.body)]).toEqual([operationId, []]);
      expect([operationId, undeclared(schema, answer.body)]).toEqual([operationId, []]);
    }
  });
});
