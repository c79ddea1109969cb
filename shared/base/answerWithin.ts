import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorError } from './connectorError.ts';

/**
 * The result of `work`, for a caller that waits no longer than `milliseconds`.
 * @throws ConnectorError `serviceNotAvailable` after that time. The work itself goes on.
 */
export async function answerWithin<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = pause(milliseconds, undefined, { signal: answered.signal }).then(() => {
    throw new ConnectorError('serviceNotAvailable', `no answer within ${String(milliseconds)} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    answered.abort();
  }
}
