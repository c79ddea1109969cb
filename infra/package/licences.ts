import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from './toNotices.ts';

/** SPDX names of licences that permit distributing a program with the package in it. */
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
/** Licences of tools, which are not distributed. */
const ALLOWED_FOR_TOOLS: readonly string[] = [
  ...ALLOWED,
  'CC-BY-4.0',
  'MPL-2.0',
  'PSF-2.0',
  'Python-2.0',
];

/** Licences that a package states only in its README, read by a person. */
export const READ_BY_HAND: Readonly<Record<string, string>> = {
  // The end of its README.
  'semaphore@1.1.0': 'MIT',
  // The end of its README, which dedicates it to the public domain.
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

/** Reads every package of the lock file. A package for another system is not installed, so the lock file states its licence. */
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
        // In old packages it is an object.
        licence: READ_BY_HAND[id] ?? (typeof named === 'string' ? named : undefined),
      };
    });
}

/** Returns the packages without an allowed licence, with the licence that they have. */
export function findNotAllowed(packages: readonly LicensedPackage[]): readonly string[] {
  return packages
    .filter(({ isTool, licence }) => !isAllowed(licence, isTool ? ALLOWED_FOR_TOOLS : ALLOWED))
    .map(({ id, licence }) => `${id}: ${licence ?? 'none'}`);
}

/** Supports SPDX expressions of one level: alternatives (OR) of combinations (AND). */
function isAllowed(licence: string | undefined, allowed: readonly string[]): boolean {
  const choices = (licence ?? '').replace(/^\(([^()]*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((name) => allowed.includes(name)));
}
