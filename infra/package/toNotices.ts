import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package that a file belongs to, also for a nested package. */
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The folders, below the root, of the packages that these files belong to. */
export function toPackageFolders(inputs: readonly string[]): readonly string[] {
  const folders = inputs.flatMap((input) => PACKAGE_FOLDER.exec(input)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/** The notices that the licences of these packages require: names and licence texts. */
export function toNotices(root: string, folders: readonly string[]): string {
  return folders.map((folder) => toNotice(join(root, folder))).join('\n');
}

/** Reads the `package.json` of a folder; `undefined` if there is none. */
export function readManifest(folder: string): PackageJson | undefined {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PackageJson) : undefined;
}

function toNotice(folder: string): string {
  const manifest = readManifest(folder);
  if (manifest === undefined) throw new TypeError(`there is no package in \`${folder}\``);
  const { name, version, license } = manifest;
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|notice)/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license ?? 'named in its sources'})`, ...texts, ''].join('\n\n');
}
