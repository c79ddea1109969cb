import { resolve } from 'node:path';
import { writePackage } from './writePackage.ts';

/** `npm run build` writes the files of the package to `dist/package`. */
const files = await writePackage(resolve(import.meta.dirname, '../../dist/package'));
for (const [path, { length }] of Object.entries(files))
  console.log(`dist/package/${path}  ${String(Math.ceil(length / 1024))} KiB`);
