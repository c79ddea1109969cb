import { resolve } from 'node:path';
import { runProcess } from '../cli/commandLine.ts';
import { writePackage } from './writePackage.ts';

const usage = `usage: npm run build

Writes the files of the package to dist/package.`;

process.exitCode = await runProcess({ script: 'build', usage, options: {} }, async ({ io }) => {
  const files = await writePackage(resolve(import.meta.dirname, '../../dist/package'));
  for (const [path, { length }] of Object.entries(files))
    io.print(`dist/package/${path}  ${String(Math.ceil(length / 1024))} KiB`);
  return 0;
});
