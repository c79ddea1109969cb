import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { callFunction, type CallOptions } from './callFunction.ts';
import type { RegisteredFunction } from './coreApi.ts';
import { isAnnouncedAbove, readBody, readBodyLimit, refuseBody } from './requestBody.ts';
import { isAscii, readHeaders } from './requestHeaders.ts';
import { matchRoute, type Route } from './routeTable.ts';
import { statusWithoutFunction } from './statusWithoutFunction.ts';

export interface HttpOptions extends CallOptions {
  readonly routes: readonly Route[];
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  /** Runs a function without an HTTP trigger, for `/admin/functions/{name}`; returns whether there is one. */
  readonly runAdmin: (name: string, input: unknown) => boolean;
  /** The key that functions with a key require; if `undefined`, they reject every request. */
  readonly functionKey: string | undefined;
  readonly limits?: HttpLimits;
}

/** How long a sender may take. After that it gets status 408 and the connection closes. */
export interface HttpLimits {
  readonly headersTimeout: number;
  /** For the whole request, including its headers. */
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
}

/** The limit for headers is that of Kestrel, the real host's server; that for requests is Azure's load balancer's. */
const LIMITS: HttpLimits = {
  headersTimeout: 30_000,
  requestTimeout: 230_000,
  connectionsCheckingInterval: 5000,
};

/** Creates the server for functions with HTTP triggers; the caller makes it listen. */
export function createHttpListener(options: HttpOptions): Server {
  const limits = { ...LIMITS, ...options.limits };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response, options).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  };
  const server = createServer({ keepAliveTimeout: 60_000, ...limits }, onRequest);
  // As Kestrel: the sender of `Expect: 100-continue` is told to go on only when its body is read.
  server.on('checkContinue', onRequest);
  server.on('connection', (socket) => socket.setNoDelay(true));
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<void> {
  const { workerPort } = options;
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  const url = toUrl(request);
  const headers = readHeaders(request);
  const method = request.method ?? 'GET';
  const match = url === null ? undefined : tryMatch(options.routes, method, url.pathname);
  const isForwarded = isChunked && workerPort !== undefined && typeof match === 'object';
  const body = isForwarded ? undefined : await takeBody(request, response, options);
  if (body === undefined && !isForwarded) return;
  if (url === null || headers === undefined || match === 'malformed') response.writeHead(400).end();
  else if (url.pathname.startsWith('/admin/'))
    answerAdmin({ method, path: url.pathname, body }, response, options);
  else if (match === undefined) response.writeHead(statusWithoutFunction(url.pathname)).end();
  else if (!isAllowed(match.route, request, url, options.functionKey))
    response.writeHead(401).end();
  else {
    const called = { method, url, headers, params: match.params, body };
    await callFunction({ request, response, called, route: match.route }, options);
  }
}

/** The body of the request; `undefined` if it was too large and is answered. */
async function takeBody(
  request: IncomingMessage,
  response: ServerResponse,
  { maxBodySizeInBytes = readBodyLimit() }: HttpOptions,
): Promise<Buffer | undefined> {
  const isTooLarge = isAnnouncedAbove(request, maxBodySizeInBytes);
  if (!isTooLarge && request.headers.expect !== undefined) response.writeContinue();
  const body = isTooLarge ? undefined : await readBody(request, maxBodySizeInBytes);
  if (body === undefined) refuseBody(request, response);
  return body;
}

/** The URL of the request; `null` if it is invalid or ambiguous (RFC 9112 section 3.2). */
function toUrl({ headers, headersDistinct, url: target = '/' }: IncomingMessage): URL | null {
  const [host = 'localhost', ...others] = headersDistinct['host'] ?? [];
  // A front end that terminates TLS sets this header, as App Service's does.
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  const base = URL.parse(`${scheme}://${host}`);
  if (base === null || base.href !== `${base.origin}/` || others.length > 0) return null;
  // A path may start with two slashes, which do not name a host.
  const url = isAscii(target)
    ? URL.parse(target.startsWith('/') ? `${base.origin}${target}` : target)
    : null;
  return url?.host === base.host ? url : null;
}

function tryMatch(
  routes: readonly Route[],
  method: string,
  path: string,
): ReturnType<typeof matchRoute> | 'malformed' {
  try {
    return matchRoute(routes, method, path);
  } catch {
    return 'malformed';
  }
}

function isAllowed(
  route: Route,
  request: IncomingMessage,
  url: URL,
  key: string | undefined,
): boolean {
  if (route.authLevel === 'anonymous') return true;
  const offered = request.headers['x-functions-key'] ?? url.searchParams.get('code');
  return key !== undefined && offered === key;
}

interface AdminRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer | undefined;
}

/** The part of the real host's management interface that is useful on one machine. */
function answerAdmin(
  { method, path, body }: AdminRequest,
  response: ServerResponse,
  { functions, runAdmin }: HttpOptions,
): void {
  const name = /^\/admin\/functions\/([^/]+)$/.exec(path)?.[1];
  if (method === 'GET' && path === '/admin/host/status')
    sendJson(response, 200, { state: 'Running' });
  else if (method === 'GET' && path === '/admin/functions') {
    sendJson(
      response,
      200,
      [...functions.keys()].map((each) => ({ name: each })),
    );
  } else if (method === 'POST' && name !== undefined) {
    const isStarted = runAdmin(name, body?.toString());
    response.writeHead(isStarted ? 202 : 404).end();
  } else response.writeHead(404).end();
}

function sendJson(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}
