import { setTimeout as pause } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';

const SCOPE = 'https://management.azure.com/.default';
const MAX_TRIES = 8;
const FIRST_DELAY_IN_SECONDS = 1;
const MAX_DELAY_IN_SECONDS = 60;
const POLL_INTERVAL_IN_SECONDS = 5;
const REQUEST_TIMEOUT_IN_MILLISECONDS = 120_000;
/** Cosmos DB with its regions takes a quarter of an hour. */
const MAX_OPERATION_IN_MILLISECONDS = 60 * 60 * 1000;
const WORTH_ANOTHER_TRY = new Set([408, 429, 500, 502, 503, 504]);

/** What Azure Resource Manager says is wrong, each reason in a line. */
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

/** Azure Resource Manager as one who is signed in. */
export interface ArmClient {
  /**
   * One request below the endpoint, and the whole of what it has begun: an operation that takes long is waited for as its
   * headers say (`Azure-AsyncOperation` before `Location`). Whatever waiting may mend is tried eight times, as late as is
   * asked for. `undefined` where there is nothing (404 to a GET or a DELETE).
   * @throws ArmError with the code of Azure where it is refused or fails.
   */
  run(method: Method, path: string, body?: object): Promise<Json | undefined>;
}

export interface ArmOptions {
  /** `https://management.azure.com` */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** Told why it takes longer. */
  readonly onWait: (reason: string) => void;
}

export function createArmClient({ endpoint, credential, onWait }: ArmOptions): ArmClient {
  const send = async (method: Method, url: URL, body?: object): Promise<Response> => {
    refuseElsewhere(url, new URL(endpoint));
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await trySend(credential, method, url, body);
      const isFinal = outcome instanceof Response && !WORTH_ANOTHER_TRY.has(outcome.status);
      if (isFinal) return outcome;
      const reason = outcome instanceof Response ? `answered ${String(outcome.status)}` : outcome;
      if (attempt === MAX_TRIES)
        throw new ArmError(0, 'serviceNotAvailable', `Azure Resource Manager ${reason}`);
      const seconds = waitOf(outcome, attempt);
      onWait(`Azure Resource Manager ${reason}, asked again in ${String(seconds)} s`);
      await pause(seconds * 1000);
    }
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
        isStatus: operation !== null,
        firstWaitInSeconds: retryAfterOf(response) ?? POLL_INTERVAL_IN_SECONDS,
      });
      // Of a PUT the resource is the answer; the operation has none of its own.
      return method === 'PUT' ? readAnswer(await send('GET', url)) : result;
    },
  };
}

/** The token of whoever is signed in goes to Azure Resource Manager, and where it sends in its own domain. */
function refuseElsewhere(url: URL, endpoint: URL): void {
  const isWithin =
    url.protocol === endpoint.protocol &&
    (url.host === endpoint.host || url.host.endsWith(`.${endpoint.host}`));
  if (!isWithin)
    throw new ArmError(0, 'elsewhere', `an operation leads to ${url.host}, where no token is sent`);
}

async function trySend(
  credential: TokenCredential,
  method: Method,
  url: URL,
  body: object | undefined,
): Promise<Response | string> {
  const token = (await credential.getToken(SCOPE))?.token ?? '';
  try {
    return await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_IN_MILLISECONDS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    return `does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}

function waitOf(outcome: Response | string, attempt: number): number {
  const asked = outcome instanceof Response ? retryAfterOf(outcome) : undefined;
  const usual = FIRST_DELAY_IN_SECONDS * 2 ** (attempt - 1);
  return Math.min(MAX_DELAY_IN_SECONDS, asked ?? usual);
}

function retryAfterOf({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

interface Waiting {
  /** A document with `status`; else what is waited for is any answer but 202. */
  readonly isStatus: boolean;
  readonly firstWaitInSeconds: number;
}

/** learn.microsoft.com/azure/azure-resource-manager/management/async-operations. */
async function waitFor(
  ask: (url: URL) => Promise<Response>,
  url: URL,
  { isStatus, firstWaitInSeconds }: Waiting,
): Promise<Json> {
  const began = performance.now();
  let waitInSeconds = firstWaitInSeconds;
  for (;;) {
    await pause(waitInSeconds * 1000);
    const response = await ask(url);
    const answer = await readAnswer(response);
    const status = typeof answer['status'] === 'string' ? answer['status'].toLowerCase() : '';
    if (status === 'failed' || status === 'canceled') throw toError(response.status, answer);
    if (isStatus ? status === 'succeeded' : response.status !== 202) return answer;
    if (performance.now() - began > MAX_OPERATION_IN_MILLISECONDS)
      throw new ArmError(
        0,
        'timedOut',
        'the operation goes on for over an hour; look at it again later',
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

/** The reasons stand in the details of the details. */
export function toLines(error: AzureError, indent = ''): readonly string[] {
  const { code = 'unknown', message = '', target, details = [] } = error;
  const where = target === undefined ? '' : ` (${target})`;
  return [
    `${indent}${code}${where}: ${message}`,
    ...details.flatMap((each) => toLines(each, `${indent}  `)),
  ];
}
