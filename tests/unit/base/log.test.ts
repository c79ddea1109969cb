import { expect, it } from 'vitest';
import { firstLines } from '../../../shared/base/log.ts';

it.each([
  [2, ['warning a', 'error b']],
  [1, ['warning a', 'warning log lines left out: 1']],
  [0, ['warning log lines left out: 2']],
])('logs the first %i lines and the number of the others', (count, expected) => {
  const logged: string[] = [];
  const log = firstLines(
    {
      warn: (message) => void logged.push(`warning ${message}`),
      error: (message) => void logged.push(`error ${message}`),
    },
    count,
  );
  log.warn('a');
  log.error('b');
  log.end();
  expect(logged).toEqual(expected);
});
