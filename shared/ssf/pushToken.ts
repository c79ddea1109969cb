import {
  OutgoingError,
  retryAfterInSeconds,
  type OutgoingAnswer,
  type OutgoingClient,
} from '../publish/outgoing.ts';
import type { Delivery } from '../publish/target.ts';
import type { PUSH, EventStream } from './eventStream.ts';

/** What the receiver says of a token that it will never take (RFC 8935 section 2.4). */
const FINAL_ERRORS = new Set(['invalid_request']);

type PushDelivery = Extract<EventStream['delivery'], { readonly method: typeof PUSH }>;

/** Pushes one token (RFC 8935): 202 is the receiver's word that it has it. */
export async function pushToken(
  outgoing: OutgoingClient,
  { endpoint_url: url, authorization_header: authorization }: PushDelivery,
  token: string,
  signal: AbortSignal,
  now: () => Date,
): Promise<Delivery> {
  try {
    const answer = await outgoing.send({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: token,
      signal,
    });
    return toDelivery(answer, now());
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    return { outcome: 'failed', code: error.code, reason: error.message };
  }
}

function toDelivery({ status, headers, body }: OutgoingAnswer, now: Date): Delivery {
  if (status === 202 || status === 200 || status === 204) return { outcome: 'delivered' };
  const error = status === 400 ? readError(body) : undefined;
  const code = error ?? `http${String(status)}`;
  const reason = `the receiver answered ${String(status)}${error === undefined ? '' : ` ${error}`}`;
  if (error !== undefined && FINAL_ERRORS.has(error)) return { outcome: 'refused', code, reason };
  const waitInSeconds = retryAfterInSeconds(headers.get('retry-after'), now);
  return {
    outcome: 'failed',
    code,
    reason,
    ...(waitInSeconds === undefined ? {} : { retryAfterInSeconds: waitInSeconds }),
  };
}

/** The `err` of the answer, where it is one of a few short words. */
function readError(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const error = typeof parsed === 'object' && parsed !== null && 'err' in parsed && parsed.err;
    return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined;
  } catch {
    return undefined;
  }
}
