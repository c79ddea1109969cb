import type { IncomingMessage, ServerResponse } from 'node:http';

/** The real host's default (`ScriptConstants.DefaultMaxRequestBodySize` in azure-functions-host). */
const DEFAULT_LIMIT_IN_BYTES = 104_857_600;

/** The limit in the setting. The real host ignores a value that is no number (`HttpRequestBodySizeMiddleware`). */
export function readBodyLimit(setting = process.env['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT']): number {
  return setting !== undefined && /^\d{1,15}$/.test(setting)
    ? Number(setting)
    : DEFAULT_LIMIT_IN_BYTES;
}

/** Whether `content-length` announces more than `limit` bytes. */
export function isAnnouncedAbove({ headers }: IncomingMessage, limit: number): boolean {
  return Number(headers['content-length'] ?? 0) > limit;
}

/**
 * The bytes of the body; `undefined` as soon as it has more than `limit`. The rest of it then stays unread, and the
 * connection open.
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** How long the connection stays open. */
const LINGER_IN_MILLISECONDS = 2000;

/**
 * Answers 413 as Kestrel does and reads no more. The real host may turn Kestrel's 413 into a 500
 * (Azure/azure-functions-host#10519).
 */
export function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(413, leaveUnread(request)).end();
}

/**
 * Leaves the rest of the body unread, and returns the header that says so. The connection stays open for a moment: if it
 * closed with unread bytes, the sender could lose the answer (RFC 9112 section 9.6).
 */
export function leaveUnread(request: IncomingMessage): { readonly connection: 'close' } {
  const { socket } = request;
  // Otherwise Node.js would read the rest of a body that nobody has touched, to use the connection again.
  request.read(0);
  socket.destroySoon = () => {
    const timer = setTimeout(() => socket.destroy(), LINGER_IN_MILLISECONDS);
    socket.once('close', () => clearTimeout(timer));
    socket.end();
  };
  return { connection: 'close' };
}
