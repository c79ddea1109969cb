import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../infra/local/stack/startStack.ts';
import {
  bundleFunctions,
  NOT_BUNDLED,
  type Bundle,
} from '../../../infra/package/bundleFunctions.ts';
import { zipPackage } from '../../../infra/package/zipPackage.ts';

const readText = (file: string): string => readFileSync(join(PROJECT_ROOT, file), 'utf8');
const { packages: locked } = JSON.parse(readText('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly dev?: true }>>;
};

let bundle: Bundle;
let zip: Uint8Array;
let unpacked: Readonly<Record<string, Uint8Array>>;
beforeAll(async () => {
  bundle = await bundleFunctions(PROJECT_ROOT);
  zip = zipPackage(bundle.files);
  unpacked = unzipSync(zip);
});

const textOf = (path: string): string => Buffer.from(unpacked[path] ?? []).toString();

describe('the package', () => {
  it('holds the bundle, what the host reads, and the notices of others', () => {
    expect(Object.keys(unpacked)).toEqual([
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

  it('is made of functions, what they share, and dependencies that are no development dependencies', () => {
    const inputs = Object.keys(bundle.metafile.inputs);
    const packages = new Set(
      inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
    );
    expect(packages.size).toBeGreaterThan(10);
    expect([...packages].filter((path) => locked[path] === undefined || locked[path].dev)).toEqual(
      [],
    );
    const own = inputs.filter((file) => !file.includes('node_modules/'));
    expect(own.filter((file) => !/^(?:functions|shared)\//.test(file))).toEqual(['functions.ts']);
    // What is not in it is nowhere: the worker gives one module, and Node.js its own.
    const missing = Object.values(bundle.metafile.outputs)
      .flatMap(({ imports }) => imports)
      .map(({ path }) => path)
      .filter((path) => !NOT_BUNDLED.includes(path) && !isBuiltin(path));
    expect(missing).toEqual([]);
  });

  it('can be read by the host, which mounts it as it is', () => {
    const bytes = Buffer.from(zip);
    const modes: number[] = [];
    // PKWARE's APPNOTE section 4.3.12: who made the entry, and above bit 16 its mode.
    for (
      let at = bytes.indexOf('PK\u0001\u0002');
      at >= 0;
      at = bytes.indexOf('PK\u0001\u0002', at + 4)
    ) {
      expect(bytes.readUInt8(at + 5)).toBe(3);
      modes.push(bytes.readUInt32LE(at + 38) >>> 16);
    }
    expect(modes).toEqual(Object.keys(unpacked).map(() => 0o100644));
  });

  it('is the same each time', async () => {
    expect(Buffer.compare(zipPackage((await bundleFunctions(PROJECT_ROOT)).files), zip)).toBe(0);
  });
});
