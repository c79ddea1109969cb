import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unzipSync } from 'fflate';

/** What goes through the outer interface alone, whatever runs behind it. */
const TESTS = ['tests/functions', 'tests/callers'];

/**
 * `npm run test:package`: unpacks `dist/package.zip` where no other package is in reach, and runs it instead of the
 * sources in every test that goes through the outer interface.
 */
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mtd-package-'));
for (const [path, content] of Object.entries(
  unzipSync(readFileSync(join(root, 'dist/package.zip'))),
))
  writeFileSync(join(folder, path), content);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...TESTS, ...process.argv.slice(2)],
  { cwd: root, env: { ...process.env, MTD_PACKAGE: folder }, stdio: 'inherit' },
);
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
