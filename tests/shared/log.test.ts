import { expect, it } from 'vitest';
import { firstLines } from '../../shared/log.ts';

it.each([
  [2, ['warning a', 'error b']],
  [1, ['warning a', 'warning 1 more lines are left out']],
  [0, ['warning 2 more lines are left out']],
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
