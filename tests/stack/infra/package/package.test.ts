import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import {
  bundleFunctions,
  NOT_BUNDLED,
  type Bundle,
} from '../../../../infra/package/bundleFunctions.ts';
import { toPackageFolders } from '../../../../infra/package/toNotices.ts';
import { zipPackage } from '../../../../infra/package/zipPackage.ts';
import { unzip, type UnzippedFile } from '../../../support/unzip.ts';

const readText = (file: string): string => readFileSync(join(PROJECT_ROOT, file), 'utf8');
const { packages: locked } = JSON.parse(readText('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly dev?: true; readonly version: string }>>;
};

let bundle: Bundle;
let zip: Uint8Array;
let unpacked: ReadonlyMap<string, UnzippedFile>;
beforeAll(async () => {
  bundle = await bundleFunctions(PROJECT_ROOT);
  zip = zipPackage(bundle.files);
  unpacked = await unzip(Buffer.from(zip));
});

const textOf = (path: string): string => String(unpacked.get(path)?.content);

describe('the package', () => {
  it('contains the bundle, the files of the host, and the licence notices', () => {
    expect([...unpacked.keys()]).toEqual([
      'LICENSE',
      'THIRD-PARTY-NOTICES.txt',
      'functions.cjs',
      'functions.cjs.LEGAL.txt',
      'host.json',
      'package.json',
    ]);
    expect(textOf('host.json')).toBe(readText('host.json'));
    expect(JSON.parse(textOf('package.json'))).toMatchObject({ main: 'functions.cjs' });
    expect(JSON.parse(textOf('package.json'))).not.toHaveProperty('dependencies');
    expect(textOf('functions.cjs.LEGAL.txt')).toContain('msal');
  });

  it('is built from functions, shared code and production dependencies', () => {
    const inputs = Object.keys(bundle.metafile.inputs);
    const packages = toPackageFolders(inputs);
    expect(packages.length).toBeGreaterThan(10);
    expect(packages.filter((path) => locked[path] === undefined || locked[path].dev)).toEqual([]);
    const own = inputs.filter((file) => !file.includes('node_modules/'));
    expect(own.filter((file) => !/^(?:functions|shared)\//.test(file))).toEqual(['functions.ts']);
    // It imports nothing else, except a module of the worker and those of Node.js.
    const missing = Object.values(bundle.metafile.outputs)
      .flatMap(({ imports }) => imports)
      .map(({ path }) => path)
      .filter((path) => !NOT_BUNDLED.includes(path) && !isBuiltin(path));
    expect(missing).toEqual([]);
  });

  it('includes the licence of every bundled package', () => {
    const notices = textOf('THIRD-PARTY-NOTICES.txt');
    for (const path of toPackageFolders(Object.keys(bundle.metafile.inputs))) {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      expect(notices).toContain(`${name} ${locked[path]?.version ?? '?'} (`);
    }
    // The MIT licence requires its text in every copy.
    expect(notices).toContain('Permission is hereby granted, free of charge');
  });

  it('is read unchanged by another program, and has the file modes that the host needs', () => {
    for (const [path, content] of Object.entries(bundle.files)) {
      const file = unpacked.get(path);
      expect(file?.content.equals(content)).toBe(true);
      // A regular file that everybody may read, with a constant date.
      expect((file?.entry.externalFileAttributes ?? 0) >>> 16).toBe(0o100644);
      expect([file?.entry.lastModFileDate, file?.entry.lastModFileTime]).toEqual([0b1_00001, 0]);
    }
    expect(unpacked.size).toBe(Object.keys(bundle.files).length);
  });

  it('is reproducible', async () => {
    expect(Buffer.compare(zipPackage((await bundleFunctions(PROJECT_ROOT)).files), zip)).toBe(0);
  });
});
