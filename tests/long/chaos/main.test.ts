import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** `npm run chaos` as it is typed. */
function run(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const args = [join(import.meta.dirname, 'main.ts'), ...words];
    execFile(process.execPath, args, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

it.each([
  [['--events', 'x'], '--events must be a whole number of at least 1, not `x`'],
  [['--kills=-5'], '--kills must be a whole number of at least 0, not `-5`'],
  [['--speed', '1'], "'--speed'"],
])('refuses %j and says what is allowed', async (words, message) => {
  const { code, out, err } = await run(...words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
  expect(err).not.toContain('    at ');
});

it('says how it is used', async () => {
  const { code, out } = await run('--help');
  expect([code, out]).toEqual([0, expect.stringContaining('usage: npm run chaos')]);
});
