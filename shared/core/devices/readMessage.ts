import { isAhead, type DateTime } from '../../base/dateTime.ts';
import type { Failure, MessageRetry, QueuedSignal } from '../ports/queues.ts';
import { NOT_AUTHENTIC } from './deadLetter.ts';
import { fromQueueMessage } from './fromQueueMessage.ts';
import { toLostReport } from './lostReport.ts';
import { MAX_SIGNALS_A_MESSAGE } from './packSignals.ts';

/** A message of the `device-signals` queue. */
export interface ReadMessage {
  readonly body: unknown;
  /** What can be read of it. */
  readonly signals: readonly QueuedSignal[];
  /** Why the whole message must be dead-lettered, once, whatever it contains. */
  readonly failure?: Failure;
}

/**
 * Reads a message. Signals that arrived together share one; a retried signal has its own. The readable signals of an
 * authentic message count although others are unreadable: replaying the message later repeats them, which is harmless.
 */
export function readMessage(
  retry: Pick<MessageRetry, 'isAuthentic'>,
  body: unknown,
  now: DateTime,
): ReadMessage {
  if (!retry.isAuthentic(body)) return { body, signals: [], failure: NOT_AUTHENTIC };
  const parts: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (parts.length > MAX_SIGNALS_A_MESSAGE)
    return { body, signals: [], failure: toFailure(`it has ${String(parts.length)} entries`) };
  const found = parts.map((part) => readSignal(part, now));
  const [failure] = found.flatMap((each) => ('signal' in each ? [] : [each]));
  const signals = found.flatMap((each, at) =>
    'signal' in each ? [each] : markLost(parts[at], each, now),
  );
  return { body, signals, ...(failure === undefined ? {} : { failure }) };
}

/** What the dead letters hold may be bad news, so it marks its device. */
function markLost(part: unknown, { code }: Failure, now: DateTime): readonly QueuedSignal[] {
  const signal = toLostReport(part, code, now);
  return signal === undefined ? [] : [{ attempt: 0, signal }];
}

function readSignal(part: unknown, now: DateTime): QueuedSignal | Failure {
  const message = fromQueueMessage(part);
  if (message === undefined) return toFailure('a part of it is not a signal');
  const { receivedDateTime, observedDateTime } = message.signal;
  // A fact from the future would supersede every later one, and date the partner's last report.
  if (isAhead(receivedDateTime, now) || isAhead(observedDateTime, receivedDateTime)) {
    const reason = `a signal is from the future: ${observedDateTime}, received ${receivedDateTime}`;
    return { code: 'signalFromFuture', reason };
  }
  return message;
}

function toFailure(reason: string): Failure {
  return { code: 'messageInvalid', reason: `the message cannot be processed: ${reason}` };
}
