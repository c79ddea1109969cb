import { expect, it } from 'vitest';
import { UsageError } from '../../../../infra/cli/command.ts';
import { readCount } from '../../../../infra/cli/readCount.ts';

it.each(['x', '', ' ', '-1', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '0', '9007199254740993'])(
  'no whole number of at least 1 is refused, naming the option: %j',
  (text) => {
    const read = (): number => readCount('requests', text, 1);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(`--requests must be a whole number of at least 1, not \`${text}\``);
  },
);

it('a whole number is read', () => {
  expect([readCount('seed', '0', 0), readCount('requests', '1000000', 1)]).toEqual([0, 1_000_000]);
});
