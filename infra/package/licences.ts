import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from './toNotices.ts';

/** SPDX names of licences that let a program be handed on with what they cover in it. */
const ALLOWED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];
/** Of tools that are handed on to nobody, these as well. */
const ALLOWED_OF_TOOLS: readonly string[] = [
  ...ALLOWED,
  'CC-BY-4.0',
  'MPL-2.0',
  'PSF-2.0',
  'Python-2.0',
];

/** What a package says elsewhere than where it should, as somebody has read it there. */
export const READ_BY_HAND: Readonly<Record<string, string>> = {
  // The end of its README.
  'semaphore@1.1.0': 'MIT',
  // The end of its README, which leaves it to the public.
  'uri-templates@0.2.0': 'CC0-1.0',
};

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly license?: string;
}

/** A package of the lock file. */
export interface LicensedPackage {
  readonly id: string;
  readonly isTool: boolean;
  readonly licence: string | undefined;
}

/** Every package of the lock file; of one for another system, which is not here, what the lock file says. */
export function readLicences(root: string): readonly LicensedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, dev, devOptional, license }]) => {
      const id = `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;
      const { license: named } = readManifest(join(root, path)) ?? { license };
      return {
        id,
        isTool: dev === true || devOptional === true,
        // Old packages have an object there.
        licence: READ_BY_HAND[id] ?? (typeof named === 'string' ? named : undefined),
      };
    });
}

/** Those that may not be used as they are, with the licence that they have. */
export function findNotAllowed(packages: readonly LicensedPackage[]): readonly string[] {
  return packages
    .filter(({ isTool, licence }) => !isAllowed(licence, isTool ? ALLOWED_OF_TOOLS : ALLOWED))
    .map(({ id, licence }) => `${id}: ${licence ?? 'none'}`);
}

/** An SPDX expression of one level: any one of several, or all of them. */
function isAllowed(licence: string | undefined, allowed: readonly string[]): boolean {
  const choices = (licence ?? '').replace(/^\(([^()]*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((name) => allowed.includes(name)));
}
