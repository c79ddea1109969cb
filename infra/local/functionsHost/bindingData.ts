import { isJsonObject } from '../../../shared/base/jsonObject.ts';

/** What the host knows of a request with an HTTP trigger, apart from its body. */
export interface KnownRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** The body, if its length was announced: only then does the host look into it. */
  readonly body: Buffer | undefined;
}

/**
 * The trigger metadata of an HTTP request: properties of a JSON body, then the query, then the route, where a later one
 * replaces an earlier one but keeps its spelling (azure-webjobs-sdk-extensions,
 * `HttpTriggerAttributeBindingProvider.GetRequestBindingDataAsync`; azure-functions-host#9840 for `Headers`).
 */
export function toBindingData({
  url,
  headers,
  params,
  body,
}: KnownRequest): Readonly<Record<string, object>> {
  const data = new Map<string, readonly [name: string, value: string]>();
  const add = (name: string, value: string): void => {
    const key = name.toLowerCase();
    data.set(key, [data.get(key)?.[0] ?? name, value]);
  };
  for (const [name, value] of propertiesOf(body)) add(name, value);
  for (const [name, value] of url.searchParams) if (name.toLowerCase() !== 'code') add(name, value);
  for (const [name, value] of Object.entries(params)) add(name, value);
  return {
    ...Object.fromEntries([...data.values()].map(([name, value]) => [name, { string: value }])),
    Query: { json: JSON.stringify(Object.fromEntries(url.searchParams)) },
    Headers: { json: JSON.stringify(headers) },
  };
}

function propertiesOf(body: Buffer | undefined): readonly (readonly [string, string])[] {
  const value = readJson(body);
  return Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, property]) => {
    if (property === null || typeof property === 'object') return [];
    return [[name, typeof property === 'string' ? property : JSON.stringify(property)] as const];
  });
}

function readJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
