import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFunctions } from './bundleFunctions.ts';
import { zipPackage } from './zipPackage.ts';

/** `npm run package` writes the deployed zip to `dist/package.zip`. */
const root = resolve(import.meta.dirname, '../..');
const { files } = await bundleFunctions(root);
const zip = zipPackage(files);
mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(join(root, 'dist/package.zip'), zip);
console.log(`dist/package.zip  ${String(Math.ceil(zip.length / 1024))} KiB`);
