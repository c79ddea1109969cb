import { expect, it } from 'vitest';
import { toProblem } from '../../../../infra/cli/toProblem.ts';

it('prints code and message of an error of the API, and each detail on a line', () => {
  const details = [
    { path: '/a', message: 'must be a number' },
    { path: '/b', message: 'is unknown' },
  ];
  const error = { code: 'invalidRequest', message: 'the body is wrong', details };
  expect(toProblem(JSON.stringify({ error }))).toBe(
    'invalidRequest: the body is wrong\n  /a: must be a number\n  /b: is unknown',
  );
});

it.each(['', 'Bad Gateway', 'null', '{}', '[]', '{"error":"invalid_token"}'])(
  'keeps the answer %j, which is no error of the API',
  (text) => {
    expect(toProblem(text)).toBe(text);
  },
);
