import { defined } from '../../shared/base/defined.ts';
import type { Operation } from '../../shared/edge/openApi/operation.ts';

/** A request of the outer interface from the OpenAPI document, without credentials. */
export interface ExampleRequest {
  readonly method: string;
  /** Below `/api/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The example of an operation, with its path, query, headers and body. */
export function exampleRequest(operation: Operation): ExampleRequest {
  const { method, request } = operation;
  const given = (place: string): [string, string][] =>
    (operation.parameters ?? []).flatMap(({ name, in: where, example }): [string, string][] =>
      where === place && example !== undefined ? [[name, String(example)]] : [],
    );
  const path = given('path').reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)),
    operation.path.slice(1),
  );
  const query = new URLSearchParams(given('query'));
  const [contentType] = request?.contentTypes ?? [];
  return {
    method: method.toUpperCase(),
    path: query.size === 0 ? path : `${path}?${String(query)}`,
    headers: {
      ...Object.fromEntries(given('header')),
      ...defined({ 'content-type': contentType }),
    },
    ...(request === undefined ? {} : { body: toBody(request.example, contentType) }),
  };
}

function toBody(example: unknown, contentType = ''): string {
  return typeof example === 'string' && !contentType.includes('json')
    ? example
    : JSON.stringify(example);
}
