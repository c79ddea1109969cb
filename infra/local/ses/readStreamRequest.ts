import type { IncomingMessage } from 'node:http';
import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { SesError } from './sesError.ts';

/** A valid request for events. */
export interface StreamRequest {
  readonly next: string | undefined;
  readonly timeoutInSeconds: number;
  readonly isPacked: boolean;
}

/** How long the real service waits at most is not public. */
const MAX_TIMEOUT_IN_SECONDS = 300;

/** Reads a request to the stream, whose token is valid. @throws SesError */
export function readStreamRequest(
  { headers }: IncomingMessage,
  query: URLSearchParams,
  body: string,
): StreamRequest {
  if (headers['content-type'] !== 'application/json')
    throw new SesError(415, 'The content type must be application/json.');
  if (headers.accept !== 'application/x-ndjson')
    throw new SesError(406, 'The answer is application/x-ndjson.');
  const timeoutInSeconds = Number(query.get('connectionTimeout') ?? '30');
  if (!(timeoutInSeconds > 0 && timeoutInSeconds <= MAX_TIMEOUT_IN_SECONDS))
    throw new SesError(400, 'The connectionTimeout is not valid.');
  const isPacked = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  return { next: readNext(body), timeoutInSeconds, isPacked };
}

function readNext(body: string): string | undefined {
  const value = parse(body);
  if (!isJsonObject(value)) throw new SesError(400, 'The body must be an object.');
  const { next, ...others } = value;
  const isText = next === undefined || typeof next === 'string';
  if (!isText || Object.keys(others).length > 0)
    throw new SesError(400, 'The body may hold a text `next` only.');
  return next;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new SesError(400, 'The body is no JSON.');
  }
}
