import { zipSync, type Zippable } from 'fflate';
import type { PackageFiles } from './bundleFunctions.ts';

/** The earliest date that a zip can hold: when it was made is no part of what it is. */
const NO_DATE = new Date(1980, 0, 1);
const HIGHEST_LEVEL = 9;

/** The zip that Flex Consumption takes: everything at its top. The same files give the same bytes. */
export function zipPackage(files: PackageFiles): Uint8Array {
  const sorted = Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const zippable = Object.fromEntries(
    sorted.map(([path, content]) => [path, [content, { level: HIGHEST_LEVEL, mtime: NO_DATE }]]),
  ) as Zippable;
  return zipSync(zippable);
}
