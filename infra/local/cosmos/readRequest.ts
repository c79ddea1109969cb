import type { IncomingMessage } from 'node:http';
import { badRequest, CosmosError } from './cosmosError.ts';
import type { CosmosRequest } from './cosmosRequest.ts';

/** Far above what an item or a batch may have, so that those are refused with a reason. */
const MAX_BODY_IN_BYTES = 16 * 1024 * 1024;

/** Reads one request to its end. @throws CosmosError 400, 413. */
export async function readRequest(message: IncomingMessage): Promise<CosmosRequest> {
  const { method = 'GET', url = '/', headers } = message;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_IN_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_IN_BYTES) throw new CosmosError(413, 'Request size is too large');
  return { method, path: toPath(url), headers, body: Buffer.concat(chunks).toString() };
}

function toPath(url: string): string[] {
  const [path = ''] = url.split('?');
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw badRequest('The path is not a valid URL.');
  }
}
