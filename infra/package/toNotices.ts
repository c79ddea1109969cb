import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package that a file belongs to, also where it lies in another's. */
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

interface PackageJson {
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

function toNotice(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as PackageJson;
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|notice)/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license ?? 'named in its sources'})`, ...texts, ''].join('\n\n');
}
