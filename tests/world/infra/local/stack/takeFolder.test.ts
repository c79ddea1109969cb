import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeFolder } from '../../../../../infra/local/stack/takeFolder.ts';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

it('rejects a folder in use and names the process of its owner, until it is released', () => {
  const folder = temporaryFolder('folder');
  const release = takeFolder(folder);
  expect(() => takeFolder(folder)).toThrow(`(process ${String(process.pid)})`);
  release();
  takeFolder(folder)();
});

it('acquires a folder whose owner was killed, even if another program now has its process id', () => {
  const folder = temporaryFolder('folder');
  writeFileSync(join(folder, 'pid'), String(process.ppid));
  takeFolder(folder)();
  expect(existsSync(join(folder, 'pid'))).toBe(false);
});
