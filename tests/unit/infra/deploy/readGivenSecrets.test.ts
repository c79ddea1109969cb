import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UsageError } from '../../../../infra/cli/command.ts';
import { readGivenSecrets } from '../../../../infra/deploy/readGivenSecrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'mtd-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VALUE = 'c2VjcmV0VkFMVUU';

it.each([
  [`message-keys=${VALUE}=`, 'cannot read the secret `message-keys`: ENOENT'],
  [`message-keys=${VALUE.repeat(400)}`, 'cannot read the secret `message-keys`: ENAMETOOLONG'],
  [`message-keys=${VALUE}\0`, 'cannot read the secret `message-keys`: ERR_INVALID_ARG_VALUE'],
  [VALUE, '--secret must be NAME=FILE'],
  [`${VALUE}==`, 'what --secret names is not a secret; there is sep-mobile-webhook-secrets'],
  ['message-key=x', '`message-key` is not a secret'],
])('a secret that is given instead of a file is not printed (%#)', (given, text) => {
  const read = (): unknown => readGivenSecrets([given]);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(text);
  expect(read).not.toThrow(VALUE);
});

it('the path of a file is not printed', () => {
  expect(() => readGivenSecrets([`nac-keys=${folder}`])).toThrow('EISDIR');
  expect(() => readGivenSecrets([`nac-keys=${folder}`])).not.toThrow(folder);
});

it('a file is read without the white space around its text, and an empty one is refused', () => {
  const file = join(folder, 'nac-keys');
  writeFileSync(file, ' nac=key\n');
  expect([...readGivenSecrets([`nac-keys=${file}`])]).toEqual([['nac-keys', 'nac=key']]);
  writeFileSync(file, ' \n');
  expect(() => readGivenSecrets([`nac-keys=${file}`])).toThrow('`nac-keys` is empty');
});
