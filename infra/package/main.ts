import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runProcess } from '../cli/commandLine.ts';
import { bundleFunctions } from './bundleFunctions.ts';
import { zipPackage } from './zipPackage.ts';

const usage = `usage: npm run package

Writes the deployed zip to dist/package.zip.`;

process.exitCode = await runProcess({ script: 'package', usage, options: {} }, async ({ io }) => {
  const root = resolve(import.meta.dirname, '../..');
  const { files } = await bundleFunctions(root);
  const zip = zipPackage(files);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist/package.zip'), zip);
  io.print(`dist/package.zip  ${String(Math.ceil(zip.length / 1024))} KiB`);
  return 0;
});
