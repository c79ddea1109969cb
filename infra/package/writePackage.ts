import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFunctions, type PackageFiles } from './bundleFunctions.ts';

/** Replaces the folder with the files of the package and returns them. @throws Error like `bundleFunctions`. */
export async function writePackage(folder: string): Promise<PackageFiles> {
  const { files } = await bundleFunctions(resolve(import.meta.dirname, '../..'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  return files;
}
