import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorError } from './connectorError.ts';

/**
 * What `work` comes to, where it does within `milliseconds`: for a caller that waits no longer.
 * @throws ConnectorError `serviceNotAvailable` where it does not; what was begun is left to end by itself.
 */
export async function answerWithin<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = pause(milliseconds, undefined, { signal: answered.signal }).then(() => {
    throw new ConnectorError(
      'serviceNotAvailable',
      `the answer was not there within ${String(milliseconds)} ms`,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    answered.abort();
  }
}
