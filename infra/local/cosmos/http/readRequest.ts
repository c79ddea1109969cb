import type { IncomingMessage } from 'node:http';
import { badRequest, CosmosError } from '../cosmosError.ts';
import type { CosmosRequest } from './cosmosRequest.ts';

/** Far above the limits of items and batches, so those are rejected with their own error. */
const MAX_BODY_IN_BYTES = 16 * 1024 * 1024;

/** Reads one whole request. @throws CosmosError 400, 413. */
export async function readRequest(message: IncomingMessage): Promise<CosmosRequest> {
  const { method = 'GET', url = '/', headers } = message;
  return { method, path: toPath(url), headers, body: await readBody(message) };
}

function readBody(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_IN_BYTES) chunks.push(chunk);
    });
    message.on('end', () => {
      if (size > MAX_BODY_IN_BYTES) reject(new CosmosError(413, 'Request size is too large'));
      else resolve(Buffer.concat(chunks).toString());
    });
    message.on('error', () => reject(badRequest('The request ended early.')));
  });
}

function toPath(url: string): string[] {
  const [path = ''] = url.split('?');
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw badRequest('The path is not a valid URL.');
  }
}
