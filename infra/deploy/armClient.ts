import { retryAfterOf, sendUntilAnswered, type ServiceOptions } from '../cli/sendUntilAnswered.ts';

const SCOPE = 'https://management.azure.com/.default';
const POLL_INTERVAL_IN_SECONDS = 5;
const REQUEST_TIMEOUT_IN_MILLISECONDS = 120_000;
/** Cosmos DB with several regions takes a quarter of an hour. */
const MAX_OPERATION_IN_MILLISECONDS = 60 * 60 * 1000;

/** An error of Azure Resource Manager; its message has one line for each reason. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ArmError';
    this.status = status;
    this.code = code;
  }
}

export type Json = Readonly<Record<string, unknown>>;
type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** Azure Resource Manager with the signed-in identity. */
export interface ArmClient {
  /**
   * Sends one request below the endpoint and waits until the operation that it started is over, as its headers ask
   * (`Azure-AsyncOperation` before `Location`). Temporary errors are tried eight times, and `Retry-After` is respected.
   * @returns the answer; `undefined` if there is no such resource (404 to a GET or a DELETE).
   * @throws ArmError with Azure's code if the request is rejected or the operation fails.
   */
  run(method: Method, path: string, body?: object): Promise<Json | undefined>;
}

/** The endpoint is `https://management.azure.com`. */
export function createArmClient(options: ServiceOptions): ArmClient {
  const { endpoint, pause } = options;
  const send = async (method: Method, url: URL, body?: object): Promise<Response> => {
    requireWithin(url, new URL(endpoint));
    return sendUntilAnswered(options, {
      service: 'Azure Resource Manager',
      url,
      method,
      scope: SCOPE,
      headers: { 'content-type': 'application/json' },
      body,
      timeoutInMilliseconds: REQUEST_TIMEOUT_IN_MILLISECONDS,
      toError: (message) => new ArmError(0, 'serviceNotAvailable', message),
    });
  };
  return {
    async run(method, path, body) {
      const url = new URL(path, endpoint);
      const response = await send(method, url, body);
      if (response.status === 404 && (method === 'GET' || method === 'DELETE')) return undefined;
      const answer = await readAnswer(response);
      const operation = response.headers.get('azure-asyncoperation');
      const location = response.headers.get('location');
      const next = operation ?? location;
      if (response.status === 200 && operation === null) return answer;
      if (next === null) return answer;
      const result = await waitFor((at) => send('GET', at), new URL(next), {
        pause,
        isStatus: operation !== null,
        firstWaitInSeconds: retryAfterOf(response) ?? POLL_INTERVAL_IN_SECONDS,
      });
      // The operation of a PUT has no result of its own, so the resource is read.
      return method === 'PUT' ? readAnswer(await send('GET', url)) : result;
    },
  };
}

/** The token goes only to Azure Resource Manager and its subdomains. @throws ArmError for any other address. */
function requireWithin(url: URL, endpoint: URL): void {
  const isWithin =
    url.protocol === endpoint.protocol &&
    (url.host === endpoint.host || url.host.endsWith(`.${endpoint.host}`));
  if (!isWithin)
    throw new ArmError(
      0,
      'elsewhere',
      `the operation continues at ${url.host}, which gets no token`,
    );
}

interface Waiting {
  readonly pause: ServiceOptions['pause'];
  /** Wait for a final `status` in the document; else for any answer except 202. */
  readonly isStatus: boolean;
  readonly firstWaitInSeconds: number;
}

/** learn.microsoft.com/azure/azure-resource-manager/management/async-operations. */
async function waitFor(
  read: (url: URL) => Promise<Response>,
  url: URL,
  { pause, isStatus, firstWaitInSeconds }: Waiting,
): Promise<Json> {
  const began = performance.now();
  let waitInSeconds = firstWaitInSeconds;
  for (;;) {
    await pause(waitInSeconds * 1000);
    const response = await read(url);
    const answer = await readAnswer(response);
    const status = typeof answer['status'] === 'string' ? answer['status'].toLowerCase() : '';
    if (status === 'failed' || status === 'canceled') throw toError(response.status, answer);
    if (isStatus ? status === 'succeeded' : response.status !== 202) return answer;
    if (performance.now() - began > MAX_OPERATION_IN_MILLISECONDS)
      throw new ArmError(
        0,
        'timedOut',
        'the operation still runs after an hour; check it again later',
      );
    waitInSeconds = retryAfterOf(response) ?? POLL_INTERVAL_IN_SECONDS;
  }
}

async function readAnswer(response: Response): Promise<Json> {
  const text = await response.text();
  const answer = text === '' ? {} : (JSON.parse(text) as Json);
  if (!response.ok) throw toError(response.status, answer);
  return answer;
}

interface AzureError {
  readonly code?: string;
  readonly message?: string;
  readonly target?: string;
  readonly details?: readonly AzureError[];
}

function toError(status: number, answer: Json): ArmError {
  const error = (answer['error'] ?? {}) as AzureError;
  return new ArmError(status, error.code ?? String(status), toLines(error).join('\n'));
}

/** One line for each reason. Azure nests the real cause in the details of the details. */
export function toLines(error: AzureError, indent = ''): readonly string[] {
  const { code = 'unknown', message = '', target, details = [] } = error;
  const where = target === undefined ? '' : ` (${target})`;
  return [
    `${indent}${code}${where}: ${message}`,
    ...details.flatMap((each) => toLines(each, `${indent}  `)),
  ];
}
