import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../../../infra/cli/command.ts';
import { readParameters } from '../../../../infra/deploy/readParameters.ts';

const TEMPLATE = {
  parameters: {
    text: { type: 'string', defaultValue: '' },
    settings: { type: 'object', defaultValue: {} },
    zones: { type: 'bool', defaultValue: true },
    count: { type: 'int', defaultValue: 1 },
    ranges: { type: 'array', defaultValue: [] },
  },
};

describe('a parameter of the command line', () => {
  it.each([
    ['text={"A":"b"}', { text: { value: '{"A":"b"}' } }],
    ['text=', { text: { value: '' } }],
    ['settings={"A":"b"}', { settings: { value: { A: 'b' } } }],
    ['settings={}', { settings: { value: {} } }],
    ['zones=false', { zones: { value: false } }],
    ['count=3', { count: { value: 3 } }],
    ['ranges=["10.0.0.0/8"]', { ranges: { value: ['10.0.0.0/8'] } }],
  ])('%s has the type that the template declares', (given, values) => {
    expect(readParameters(TEMPLATE, [given])).toEqual(values);
  });

  it.each([
    ['settings=A', '`settings` must be a JSON object with text values, such as {"A":"b"}'],
    ['settings={"A":1}', '`settings` must be a JSON object with text values'],
    ['settings=["A"]', '`settings` must be a JSON object with text values'],
    ['zones=maybe', '`zones` must be true or false'],
    ['count=1.5', '`count` must be a whole number'],
    ['ranges={}', '`ranges` must be a JSON array'],
  ])('%s is rejected: %s', (given, message) => {
    expect(() => readParameters(TEMPLATE, [given])).toThrow(message);
  });
});

describe('a parameter file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-parameters-'));
  const file = join(folder, 'parameters.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (content: unknown) => (): unknown => {
    writeFileSync(file, JSON.stringify(content));
    return readParameters(TEMPLATE, [file]);
  };

  it('gives the values of its parameters', () => {
    expect(read({ parameters: { text: { value: 'a' } } })()).toEqual({ text: { value: 'a' } });
  });

  it.each([
    [{ parameters: { text: null } }, '`text` in `'],
    [{ parameters: { text: 'plain' } }, '`text` in `'],
    [{ parameters: { zones: false, text: { reference: {} } } }, '`zones`, `text` in `'],
    [{ parameters: { text: { value: null } } }, '`text` must be text'],
    [{ parameters: null }, 'has no `parameters`'],
    [{ parameters: [] }, 'has no `parameters`'],
    [null, 'has no `parameters`'],
  ])('%j is a usage error that names what is wrong: %s', (content, message) => {
    expect(read(content)).toThrow(UsageError);
    expect(read(content)).toThrow(message);
  });
});
