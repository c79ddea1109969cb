import type { IncomingMessage, ServerResponse } from 'node:http';
import { toBindingData, type KnownRequest } from './bindingData.ts';
import { forwardRequest } from './forwardRequest.ts';
import type { Invoke } from './invoke.ts';
import { readBodyLimit } from './requestBody.ts';
import { isAscii } from './requestHeaders.ts';
import type { Route } from './routeTable.ts';

/** A function's response as `@azure/functions` converts it. */
interface RpcHttp {
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly {
    readonly name?: string;
    readonly value?: string;
    readonly path?: { readonly value?: string };
  }[];
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string };
}

export interface CallOptions {
  readonly invoke: Invoke;
  /** The port of the worker's own HTTP server; `undefined` if the app does not stream. */
  readonly workerPort?: number | undefined;
  /** By default that of the setting. */
  readonly maxBodySizeInBytes?: number;
  /** How long the worker's HTTP server may be silent. */
  readonly activityTimeoutInMilliseconds?: number;
}

/** `ForwarderRequestConfig.ActivityTimeout` in azure-functions-host, `DefaultHttpProxyService`. */
const ACTIVITY_TIMEOUT_IN_MILLISECONDS = 240_000;

interface CalledRequest extends KnownRequest {
  readonly method: string;
}

/** A request that the host has matched to a route. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly called: CalledRequest;
  readonly route: Route;
}

/** Calls the function of the route: over HTTP if the app streams, otherwise as over gRPC. */
export async function callFunction(call: Call, options: CallOptions): Promise<void> {
  const { workerPort } = options;
  if (workerPort === undefined) await callByMessage(call, options);
  else await forward(call, workerPort, options);
}

/** The body of a request that is sent in chunks is lost. */
async function callByMessage(
  { response, called, route }: Call,
  { invoke }: CallOptions,
): Promise<void> {
  const { method, url, headers, params, body } = called;
  // `GrpcMessageConversionExtensions`: `if (request.Body != null && request.ContentLength > 0)`.
  const isPassed = body !== undefined && Number(headers['content-length'] ?? 0) > 0;
  const given = isPassed ? { body: { bytes: body } } : {};
  const http = { method, url: url.href, headers, params, ...given };
  const returned = (await invoke(route.registered, { data: { http } })) as
    | { readonly http?: RpcHttp }
    | null
    | undefined;
  send(response, returned?.http, method);
}

async function forward(
  { request, response, called, route }: Call,
  workerPort: number,
  { invoke, maxBodySizeInBytes = readBodyLimit(), ...options }: CallOptions,
): Promise<void> {
  const { activityTimeoutInMilliseconds = ACTIVITY_TIMEOUT_IN_MILLISECONDS } = options;
  const { url, headers, body } = called;
  // `SocketsHttpHandler` refuses to send such a header (dotnet/yarp#1502, #2478).
  if (!Object.values(headers).every(isAscii)) {
    response.writeHead(502).end();
    return;
  }
  if (body === undefined && request.headers.expect !== undefined) response.writeContinue();
  const triggerMetadata = toBindingData(called);
  await forwardRequest({
    request,
    response,
    url,
    body,
    workerPort,
    maxBodySizeInBytes,
    activityTimeoutInMilliseconds,
    invoke: (invocationId) =>
      invoke(route.registered, { invocationId, data: { http: {} }, triggerMetadata }),
  });
}

function send(response: ServerResponse, http: RpcHttp | undefined, method: string): void {
  if (http === undefined) {
    response.writeHead(204).end();
    return;
  }
  const bytes = Buffer.from(http.body?.bytes ?? http.body?.string ?? '');
  const cookies = (http.cookies ?? []).map(
    ({ name, value, path }) =>
      `${name ?? ''}=${encodeURIComponent(value ?? '')}${path?.value === undefined ? '' : `; path=${path.value}`}`,
  );
  const status = Number(http.statusCode ?? 200);
  const hasBody = status !== 204 && status !== 304;
  // Kestrel keeps the length that a function gives to the answer to a HEAD.
  const length = method === 'HEAD' ? http.headers?.['content-length'] : undefined;
  response.writeHead(status, {
    ...http.headers,
    ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    ...(hasBody ? { 'content-length': length ?? String(bytes.length) } : {}),
  });
  response.end(hasBody && method !== 'HEAD' ? bytes : undefined);
}
