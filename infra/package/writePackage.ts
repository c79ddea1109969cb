import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFunctions, type PackageFiles } from './bundleFunctions.ts';

/** Writes what is deployed into the folder, in place of what is there. @returns its files. @throws Error as `bundleFunctions`. */
export async function writePackage(folder: string): Promise<PackageFiles> {
  const { files } = await bundleFunctions(resolve(import.meta.dirname, '../..'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  return files;
}
