import { zipSync, type Zippable } from 'fflate';
import type { PackageFiles } from './bundleFunctions.ts';

/** The earliest date of the zip format, so the zip does not depend on the time. */
const NO_DATE = new Date(1980, 0, 1);
/** A regular file that everybody may read. Without these attributes the host on Linux sees an empty package. */
const READABLE = { os: 3, attrs: 0o100644 * 0x1_0000 };
const HIGHEST_LEVEL = 9;

/** The zip for Flex Consumption, with all files at the top level. Equal files give equal bytes. */
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
