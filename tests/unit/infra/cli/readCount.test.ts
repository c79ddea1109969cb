import { expect, it } from 'vitest';
import { UsageError } from '../../../../infra/cli/command.ts';
import { readCount } from '../../../../infra/cli/readCount.ts';

it.each(['x', '', ' ', '-1', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '0', '9007199254740993'])(
  'rejects %j, which is not a whole number of at least 1, and names the option',
  (text) => {
    const read = (): number => readCount('requests', text, 1);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(`--requests must be a whole number of at least 1, not \`${text}\``);
  },
);

it('reads a whole number', () => {
  expect([readCount('seed', '0', 0), readCount('requests', '1000000', 1)]).toEqual([0, 1_000_000]);
});
