import { isJsonObject } from '../../../base/jsonObject.ts';
import { retryAfterInSeconds } from '../../../base/retryAfter.ts';
import type { EventSource } from '../../../domain/vocabulary/eventSource.ts';
import { OutgoingError, type OpenAnswer, type OutgoingClient } from '../../ports/outgoing.ts';
import { PullError } from './pullRun.ts';

/** How long Symantec keeps a stream open without events (`connectionTimeout`). */
const STREAM_IN_SECONDS = 30;
const TOKEN_TIMEOUT_IN_MILLISECONDS = 20_000;
/** Longer than the stream stays open without events. */
export const SILENCE_TIMEOUT_IN_MILLISECONDS = 60_000;

export interface SesDependencies {
  readonly outgoing: OutgoingClient;
  /** The OAuth credential of the client application in ICDm; two during rotation. */
  readonly secrets: readonly string[];
  readonly now: () => Date;
}

/** An answer that can be given up. */
export interface OpenStream extends OpenAnswer {
  readonly abort: () => void;
}

/**
 * Fetches an access token for the credential that ICDm shows as OAuth credentials (demisto/content,
 * SymantecEndpointSecurity.py). @throws PullError naming the field that is at fault.
 */
export async function fetchToken(
  { outgoing, secrets, now }: SesDependencies,
  { connection, id }: EventSource,
): Promise<string> {
  if (secrets.length === 0)
    throw new PullError('secretMissing', 'authentication', `no secret is set for \`${id}\``);
  for (const secret of secrets) {
    const { status, headers, body } = await ask(() =>
      outgoing.send({
        method: 'POST',
        url: `${toOrigin(connection)}/v1/oauth2/tokens`,
        headers: {
          accept: 'application/json',
          authorization: toAuthorization(secret),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: '',
        signal: AbortSignal.timeout(TOKEN_TIMEOUT_IN_MILLISECONDS),
      }),
    );
    if (status === 401 || status === 403) continue;
    const token = status === 200 ? tokenIn(body) : undefined;
    if (token !== undefined) return token;
    throw toUnexpected({ status, headers }, 'the token endpoint', now());
  }
  throw new PullError('secretInvalid', 'authentication', 'Symantec refuses the credential');
}

/**
 * ICDm's credential goes behind `Bearer`; other clients of the same host need `Basic`
 * (luis261/symantec-cloud-edr-xsoar-integration), so an operator may set either in front of it.
 */
function toAuthorization(secret: string): string {
  return /^(?:Basic|Bearer) /i.test(secret) ? secret : `Bearer ${secret}`;
}

function tokenIn(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    const token = isJsonObject(answer) ? answer['access_token'] : undefined;
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}

/** Opens the stream at a position, or at its beginning. @throws PullError */
export async function requestStream(
  { outgoing }: SesDependencies,
  { connection = {} }: EventSource,
  token: string,
  next: string | undefined,
): Promise<OpenStream> {
  const { streamId = '', channelId = '' } = connection;
  const path = `stream/${encodeURIComponent(streamId)}/${encodeURIComponent(channelId)}`;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, SILENCE_TIMEOUT_IN_MILLISECONDS);
  const request = {
    method: 'POST',
    url: `${toOrigin(connection)}/v1/event-export/${path}?connectionTimeout=${String(STREAM_IN_SECONDS)}`,
    headers: {
      accept: 'application/x-ndjson',
      'accept-encoding': 'gzip',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(next === undefined ? {} : { next }),
    signal: controller.signal,
  } as const;
  const answer = await ask(() => outgoing.open(request)).finally(() => clearTimeout(timer));
  return { ...answer, abort };
}

function toOrigin(connection: EventSource['connection']): string {
  return (connection?.endpoint ?? '').replace(/\/+$/, '');
}

async function ask<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    throw new PullError(error.code, 'connection.endpoint', error.message, error);
  }
}

/** @throws PullError naming the field that is at fault, unless the answer is a stream. */
export function requireStream(answer: OpenStream, now: Date): void {
  const { status, abort } = answer;
  if (status === 200) return;
  abort();
  if (status === 401 || status === 403)
    throw new PullError('secretInvalid', 'authentication', 'Symantec refuses the token');
  if (status === 404)
    throw new PullError(
      'streamUnknown',
      'connection.streamId',
      'Symantec knows no such stream and channel',
    );
  throw toUnexpected(answer, 'the stream', now);
}

function toUnexpected(
  { status, headers }: Pick<OpenAnswer, 'status' | 'headers'>,
  what: string,
  now: Date,
): PullError {
  const field = 'connection.endpoint';
  // A redirect is not followed: it would take the credential to another host. Tenants in Europe have a host of their own.
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null)
    return new PullError('endpointMoved', field, `${what} is at \`${location.slice(0, 200)}\``);
  const isBusy = status === 429 || status >= 500;
  const code = isBusy ? 'sourceBusy' : 'unexpectedAnswer';
  const wait = retryAfterInSeconds(headers.get('retry-after'), now);
  return new PullError(code, field, `${what} answers ${String(status)}`, undefined, wait);
}
