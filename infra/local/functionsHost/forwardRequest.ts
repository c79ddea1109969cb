import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  Agent,
  request as sendRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { leaveUnread, refuseBody } from './requestBody.ts';

/** RFC 9110 section 7.6.1. YARP passes on none of them, and no `Expect`. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const agent = new Agent({ keepAlive: true });

/** A request that the worker gets by HTTP. */
export interface Forwarded {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The body, if its length was announced; otherwise it is passed on as it arrives. */
  readonly body: Buffer | undefined;
  /** The port of the worker's own HTTP server. */
  readonly workerPort: number;
  readonly maxBodySizeInBytes: number;
  readonly activityTimeoutInMilliseconds: number;
  /** Starts the invocation with this id, which takes its request from the worker's HTTP server. */
  readonly invoke: (invocationId: string) => Promise<unknown>;
}

/**
 * Sends a request to the worker by HTTP, and its answer to the caller, while the invocation goes the usual way
 * (azure-functions-host, `DefaultHttpProxyService`, `ScriptInvocationRequestTransformer` and `GrpcWorkerChannel`). As there,
 * a caller waits until the activity timeout if the invocation fails (Azure/azure-functions-nodejs-library#324).
 */
export async function forwardRequest(forwarded: Forwarded): Promise<void> {
  const { response, invoke } = forwarded;
  const invocationId = randomUUID();
  const upstream = send(forwarded, invocationId);
  response.once('close', () => upstream.destroy());
  const answered = passAnswer(forwarded, upstream);
  invoke(invocationId).catch(() => undefined);
  await Promise.all([
    passBody(forwarded, upstream).catch(() => upstream.destroy()),
    answered.catch(() => {
      if (response.writableEnded) return;
      if (response.headersSent) response.destroy();
      else response.writeHead(504).end();
    }),
  ]);
}

function send(
  { request, url, body, workerPort, activityTimeoutInMilliseconds }: Forwarded,
  invocationId: string,
): ClientRequest {
  const { method } = request;
  const upstream = sendRequest({
    host: '127.0.0.1',
    port: workerPort,
    method,
    path: url.pathname + url.search,
    agent,
    headers: {
      ...endToEnd(request),
      host: `localhost:${String(workerPort)}`,
      ...(body === undefined ? { 'transfer-encoding': 'chunked' } : {}),
      'x-forwarded-host': url.host,
      'x-forwarded-proto': url.protocol.slice(0, -1),
      'x-ms-invocation-id': invocationId,
    },
  });
  upstream.setTimeout(activityTimeoutInMilliseconds, () => upstream.destroy());
  return upstream;
}

function endToEnd({ headersDistinct }: IncomingMessage): Record<string, string[]> {
  const named = (headersDistinct['connection'] ?? [])
    .join(',')
    .toLowerCase()
    .split(/\s*,\s*/);
  return Object.fromEntries(
    Object.entries(headersDistinct).flatMap(([name, values]) =>
      values === undefined || HOP_BY_HOP.has(name) || named.includes(name) ? [] : [[name, values]],
    ),
  );
}

async function passBody(forwarded: Forwarded, upstream: ClientRequest): Promise<void> {
  const { request, response, body, maxBodySizeInBytes } = forwarded;
  if (body !== undefined) {
    upstream.end(body);
    return;
  }
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (response.headersSent) return;
    size += chunk.length;
    if (size > maxBodySizeInBytes) {
      // YARP answers as Kestrel does (`HttpForwarder.HandleRequestBodyFailureAsync`).
      refuseBody(request, response);
      upstream.destroy();
      return;
    }
    if (!upstream.write(chunk))
      await Promise.race([once(upstream, 'drain'), once(upstream, 'close')]);
  }
  upstream.end();
}

/** @throws Error if the worker does not answer. */
async function passAnswer(
  { request, response }: Forwarded,
  upstream: ClientRequest,
): Promise<void> {
  const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
  const unread = request.complete ? {} : leaveUnread(request);
  response.writeHead(answer.statusCode ?? 500, { ...endToEnd(answer), ...unread });
  await pipeline(answer, response);
}
