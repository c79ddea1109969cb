import { expect, it } from 'vitest';
import { firstLines } from '../../../shared/base/log.ts';

it.each([
  [2, ['warning a', 'error b']],
  [1, ['warning a', 'warning log lines left out: 1']],
  [0, ['warning log lines left out: 2']],
])('says the first %i lines, and of how many more it said nothing', (count, expected) => {
  const said: string[] = [];
  const log = firstLines(
    {
      warn: (message) => void said.push(`warning ${message}`),
      error: (message) => void said.push(`error ${message}`),
    },
    count,
  );
  log.warn('a');
  log.error('b');
  log.end();
  expect(said).toEqual(expected);
});
