import { readFileSync } from 'node:fs';
import type { AzCall } from './readAzCall.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const GRAPH = 'https://graph.microsoft.com';
const ARM = 'https://management.azure.com';

/** Runs the call and returns what it prints. @throws Error with the answer of the service. */
export async function runAzCall(
  call: AzCall,
  environment: Environment,
): Promise<string | undefined> {
  const request = toRequest(call);
  if (request === undefined) return print(call, cannedAnswer(call));
  const { method, url, body, headers } = request;
  const address = url
    .replace(GRAPH, environment['AZ_GRAPH'] ?? GRAPH)
    .replace(ARM, environment['AZ_ARM'] ?? ARM);
  const response = await fetch(address, {
    method,
    headers: {
      authorization: `Bearer ${environment['AZ_TOKEN'] ?? ''}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: readBody(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${text}`);
  return text === '' ? undefined : print(call, JSON.parse(text) as object);
}

interface AzRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The request behind the call, as `az --debug` shows it; `undefined` if no stand-in takes it. */
function toRequest({ name, options }: AzCall): AzRequest | undefined {
  const valueOf = (option: string): string => options[option]?.[0] ?? '';
  const v1 = `${GRAPH}/v1.0`;
  switch (name) {
    case 'rest':
      return {
        method: valueOf('method').toUpperCase(),
        url: valueOf('url'),
        headers: Object.fromEntries(
          (options['headers'] ?? []).map((each) => each.split('=', 2)),
        ) as Record<string, string>,
        ...(options['body'] === undefined ? {} : { body: valueOf('body') }),
      };
    case 'ad app update':
      return {
        method: 'PATCH',
        url: `${v1}/applications(appId='${valueOf('id')}')`,
        body: JSON.stringify({ identifierUris: options['identifier-uris'] ?? [] }),
      };
    case 'ad sp create':
      return {
        method: 'POST',
        url: `${v1}/servicePrincipals`,
        body: JSON.stringify({ appId: valueOf('id') }),
      };
    case 'ad sp show':
      return { method: 'GET', url: `${v1}/servicePrincipals(appId='${valueOf('id')}')` };
    case 'ad signed-in-user show':
      return { method: 'GET', url: `${v1}/me` };
    default:
      return undefined;
  }
}

/** A file is named by `@` (learn.microsoft.com/cli/azure/use-azure-cli-successfully). */
function readBody(body: string): string {
  return body.startsWith('@') ? readFileSync(body.slice(1), 'utf8') : body;
}

function cannedAnswer({ options }: AzCall): object {
  const [name = ''] = options['name'] ?? [];
  const [group = ''] = options['resource-group'] ?? [];
  const subscription = '/subscriptions/00000000-0000-0000-0000-000000000001';
  return {
    id: `${subscription}/resourceGroups/${group}/providers/Microsoft.Web/sites/${name}`,
  };
}

/** Only a member by its name; the pages need no more of JMESPath. */
function print({ options }: AzCall, answer: object): string {
  const [query] = options['query'] ?? [];
  if (query === undefined) return JSON.stringify(answer);
  const { [query]: value } = answer as Readonly<Record<string, unknown>>;
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
