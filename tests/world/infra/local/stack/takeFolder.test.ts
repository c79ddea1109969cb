import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeFolder } from '../../../../../infra/local/stack/takeFolder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mtd-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('refuses a folder that another system has, naming its process, until that gives it back', () => {
  const giveBack = takeFolder(folder);
  expect(() => takeFolder(folder)).toThrow(`(process ${String(process.pid)})`);
  giveBack();
  takeFolder(folder)();
});

it('takes a folder whose system was killed, although its number is another program’s by now', () => {
  writeFileSync(join(folder, 'pid'), String(process.ppid));
  takeFolder(folder)();
  expect(existsSync(join(folder, 'pid'))).toBe(false);
});
