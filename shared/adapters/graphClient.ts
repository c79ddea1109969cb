import type { TokenCredential } from '@azure/identity';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../base/connectorError.ts';
import {
  MAX_BATCH_SIZE,
  type Graph,
  type GraphAnswer,
  type GraphRequest,
} from '../core/ports/graph.ts';
import { defined } from '../base/defined.ts';
import { findProblems } from '../base/validation/findProblems.ts';
import { retryAfterInSeconds } from '../base/retryAfter.ts';

const TIMEOUT_IN_MILLISECONDS = 30_000;

const ErrorBody = Compile(Type.Object({ error: Type.Object({ code: Type.String() }) }));
const BatchBody = Compile(
  Type.Object({
    responses: Type.Array(
      Type.Object({
        id: Type.String(),
        status: Type.Integer(),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
        body: Type.Optional(Type.Unknown()),
      }),
    ),
  }),
);

export interface GraphClientOptions {
  /** `https://graph.microsoft.com/v1.0`, or the endpoint of a national cloud. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  readonly now: () => Date;
}

/** The answer to a link with another origin, for example of an earlier endpoint: the caller starts over. */
const OTHER_ORIGIN: GraphAnswer = { status: 410, body: undefined, code: 'resyncRequired' };

/** Microsoft Graph over HTTPS, with tokens of the managed identity. Tokens are sent to the endpoint's origin only. */
export function createGraphClient(options: GraphClientOptions): Graph {
  const { endpoint, credential, now } = options;
  const { origin } = new URL(endpoint);

  const fetchWithToken = async (request: GraphRequest, signal?: AbortSignal): Promise<Response> => {
    const url = request.url.startsWith('/') ? `${endpoint}${request.url}` : request.url;
    const timeout = AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS);
    return fetch(url, {
      method: request.method,
      headers: {
        authorization: `Bearer ${await getToken(credential, origin)}`,
        'content-type': 'application/json',
      },
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  };

  const send = async (request: GraphRequest, signal?: AbortSignal): Promise<GraphAnswer> => {
    if (!request.url.startsWith('/') && URL.parse(request.url)?.origin !== origin)
      return OTHER_ORIGIN;
    const answer = await sendOnce(() => fetchWithToken(request, signal), now());
    // The token expired on the way, so a second request fetches a new one.
    if (answer.status !== 401) return answer;
    return sendOnce(() => fetchWithToken(request, signal), now());
  };

  return {
    send,
    async batch(requests, signal) {
      if (requests.length > MAX_BATCH_SIZE)
        throw new ConnectorError('invalidRequest', 'a batch has at most 20 requests');
      const body = { requests: requests.map(toBatchItem) };
      const answer = await send({ method: 'POST', url: '/$batch', body }, signal);
      if (answer.status !== 200) return requests.map(() => answer);
      return fromBatchBody(answer.body, requests.length, now());
    },
  };
}

async function getToken(credential: TokenCredential, origin: string): Promise<string> {
  const token = await credential.getToken(`${origin}/.default`);
  if (token === null) throw new Error('the managed identity returned no token');
  return token.token;
}

async function sendOnce(fetchOnce: () => Promise<Response>, now: Date): Promise<GraphAnswer> {
  try {
    const response = await fetchOnce();
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return toAnswer(response.status, body, (name) => response.headers.get(name), now);
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw new ConnectorError('serviceNotAvailable', `Graph did not answer: ${String(error)}`, {
      cause: error,
    });
  }
}

function toAnswer(
  status: number,
  body: unknown,
  header: (name: string) => string | null,
  now: Date,
): GraphAnswer {
  const wait = retryAfterInSeconds(header('retry-after'), now);
  const location = header('location');
  return {
    status,
    body,
    code: ErrorBody.Check(body) ? body.error.code : '',
    ...defined({ retryAfterInSeconds: wait }),
    ...(location === null ? {} : { location }),
  };
}

function toBatchItem({ method, url, body }: GraphRequest, index: number): object {
  const content = body && { body, headers: { 'content-type': 'application/json' } };
  return { id: String(index), method, url, ...content };
}

function fromBatchBody(body: unknown, count: number, now: Date): readonly GraphAnswer[] {
  if (!BatchBody.Check(body)) {
    const [problem] = findProblems(BatchBody, body);
    throw new ConnectorError(
      'serviceNotAvailable',
      `the answer to a batch cannot be read: ${problem?.path ?? ''} ${problem?.message ?? ''}`,
    );
  }
  const byId = new Map(body.responses.map((response) => [response.id, response]));
  return Array.from({ length: count }, (_, index) => {
    const found = byId.get(String(index));
    // A request without an answer is retried.
    if (found === undefined) return { status: 503, body: undefined, code: 'notAnswered' };
    const headers = new Map(
      Object.entries(found.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    return toAnswer(found.status, found.body, (name) => headers.get(name) ?? null, now);
  });
}
