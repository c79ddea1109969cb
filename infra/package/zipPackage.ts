import { zipSync, type Zippable } from 'fflate';
import type { PackageFiles } from './bundleFunctions.ts';

/** The earliest date that a zip can hold: when it was made is no part of what it is. */
const NO_DATE = new Date(1980, 0, 1);
/** A plain file that everybody may read: without it the host, on Linux, finds a package in which there is nothing. */
const READABLE = { os: 3, attrs: 0o100644 * 0x1_0000 };
const HIGHEST_LEVEL = 9;

/** The zip that Flex Consumption takes: everything at its top. The same files give the same bytes. */
export function zipPackage(files: PackageFiles): Uint8Array {
  const sorted = Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const zippable = Object.fromEntries(
    sorted.map(([path, content]) => [
      path,
      [content, { level: HIGHEST_LEVEL, mtime: NO_DATE, ...READABLE }],
    ]),
  ) as Zippable;
  return zipSync(zippable);
}
