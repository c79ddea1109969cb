import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package that a file belongs to, also where it lies in another's. */
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The packages that these files belong to, as folders below the root. */
export function toPackageFolders(inputs: readonly string[]): readonly string[] {
  const folders = inputs.flatMap((input) => PACKAGE_FOLDER.exec(input)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/** What the licences of these packages want to be handed on: whose they are, and their texts. */
export function toNotices(root: string, folders: readonly string[]): string {
  return folders.map((folder) => toNotice(join(root, folder))).join('\n');
}

/** What the package in a folder says of itself; `undefined` where there is none. */
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
