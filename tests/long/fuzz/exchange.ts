import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** A request to send. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** The operation, if method and path still match it. */
  readonly operationId?: string;
}

/** An answer, and what is wrong with it. */
export interface Seen {
  /** 0 without an answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` if the answer is not JSON. */
  readonly body: unknown;
  readonly problem?: string;
}

/** An allowed text: senders learn why the address that they named cannot be reached. */
const ALLOWED_TEXT = /the address cannot be reached: [A-Z]+/g;
/** Internals that no answer may show. */
const INTERNALS = /\n\s+at |node:internal|\/node_modules\/|TypeError|RangeError|ECONNREFUSED/;

/** Sends the request and inspects the answer. */
export function exchange(
  agent: Agent,
  api: string,
  { method, path, headers, body }: FuzzedRequest,
  timeoutInMilliseconds: number,
): Promise<Seen> {
  const below = path.startsWith('.well-known/') ? '' : '/api';
  const { hostname, port } = new URL(api);
  return new Promise((resolve) => {
    const began = performance.now();
    const fail = (error: unknown): void => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const problem = `no answer after ${seconds} s: ${String(error)}`;
      resolve({ status: 0, headers: {}, body: undefined, problem });
    };
    const request = httpRequest(
      {
        agent,
        hostname,
        port,
        method,
        path: `${below}/${path}`,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
        signal: AbortSignal.timeout(timeoutInMilliseconds),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve(inspect(status, answered, Buffer.concat(chunks).toString()));
        });
        response.on('error', fail);
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}

function inspect(status: number, headers: IncomingHttpHeaders, text: string): Seen {
  const begin = text.slice(0, 300);
  const seen = { status, headers, body: undefined };
  if (status >= 500) return { ...seen, problem: `${String(status)}: ${begin}` };
  if (INTERNALS.test(text.replaceAll(ALLOWED_TEXT, '')))
    return { ...seen, problem: `shows internals: ${begin}` };
  if (text === '' || !/\bjson\b/.test(headers['content-type'] ?? '')) return seen;
  try {
    return { ...seen, body: JSON.parse(text) as unknown };
  } catch {
    return { ...seen, problem: `is no JSON: ${begin}` };
  }
}
