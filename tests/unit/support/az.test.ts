import { expect, it } from 'vitest';
import { readAzCall } from '../../support/az/readAzCall.ts';

it('reads the options of a call', () => {
  const words = 'rest --method post --url https://x --headers A=b C=d';
  expect(readAzCall(words.split(' '))).toEqual({
    name: 'rest',
    options: { method: ['post'], url: ['https://x'], headers: ['A=b', 'C=d'] },
  });
});

it.each([
  ['functionapp halt --name a --resource-group b', 'misspelled'],
  ['functionapp stop --name a', 'required: --resource-group'],
  ['functionapp stop --name a --resource-group b --force now', 'unrecognized arguments: --force'],
  ['functionapp stop --name a b --resource-group c', 'unrecognized arguments: b'],
  ['functionapp stop --name --resource-group c', 'expected one argument'],
])('refuses `az %s`', (line, problem) => {
  expect(() => readAzCall(line.split(' '))).toThrow(problem);
});
