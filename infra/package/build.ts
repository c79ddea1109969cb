import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFunctions } from './bundleFunctions.ts';

/** `npm run build`: writes what is deployed to `dist/package`. */
const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'dist/package');
const { files } = await bundleFunctions(root);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [path, content] of Object.entries(files)) {
  writeFileSync(join(folder, path), content);
  console.log(`dist/package/${path}  ${String(Math.ceil(content.length / 1024))} KiB`);
}
