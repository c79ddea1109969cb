import { defined } from '../../base/defined.ts';
import type { OutgoingAnswer, OutgoingClient } from '../../core/ports/outgoing.ts';
import type { Delivery } from '../../core/ports/target.ts';
import { fromOutgoingError, toFailure } from '../../core/publishing/toFailure.ts';

/** The receiver's errors for a token that it will never accept (RFC 8935 section 2.4). */
const FINAL_ERRORS = new Set(['invalid_request']);

interface Push {
  readonly url: string;
  readonly authorization?: string;
  readonly token: string;
}

/** Pushes one token (RFC 8935). 202 means that the receiver has it. */
export async function pushToken(
  outgoing: OutgoingClient,
  { url, authorization, token }: Push,
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
        ...defined({ authorization }),
      },
      body: token,
      signal,
    });
    return toDelivery(answer, now());
  } catch (error) {
    return fromOutgoingError(error);
  }
}

function toDelivery(answer: OutgoingAnswer, now: Date): Delivery {
  const { status } = answer;
  if (status === 202 || status === 200 || status === 204) return { outcome: 'delivered' };
  const code = status === 400 ? readError(answer.body) : undefined;
  if (code === undefined || !FINAL_ERRORS.has(code)) return toFailure(answer, now, code);
  return { outcome: 'refused', code, reason: `the receiver answered 400 ${code}` };
}

/** The `err` in the answer, if it looks like one of the RFC's error codes. */
function readError(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const error = typeof parsed === 'object' && parsed !== null && 'err' in parsed && parsed.err;
    return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined;
  } catch {
    return undefined;
  }
}
