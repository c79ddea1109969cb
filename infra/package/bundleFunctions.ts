import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { toNotices, toPackageFolders } from './toNotices.ts';

/** Given by the Functions worker to whoever requires it (azure-functions-nodejs-worker, `setupCoreModule`). */
const OF_THE_WORKER = ['@azure/functions-core'];
/** Used by `debug` where it is there, and here only because of others. */
const OPTIONAL = ['supports-color'];
export const NOT_BUNDLED: readonly string[] = [...OF_THE_WORKER, ...OPTIONAL];
export const BUNDLE = 'functions.cjs';

/** A file of the package, by its path in it. */
export type PackageFiles = Readonly<Record<string, Uint8Array>>;

/** What the app consists of where it runs, and what went into it. */
export interface Bundle {
  readonly files: PackageFiles;
  readonly metafile: Metafile;
}

/**
 * All functions and what they import as one file, with what the host reads beside it: nothing is installed where it runs.
 * The same each time. One file of CommonJS, because the worker gives its own module to `require` alone.
 * @throws Error where anything cannot be bundled, or only with a warning.
 */
export async function bundleFunctions(root: string): Promise<Bundle> {
  const entries: string[] = [];
  for await (const file of glob('functions/**/*.ts', { cwd: root })) entries.push(file);
  const { outputFiles, metafile, warnings } = await build({
    stdin: {
      contents: entries
        .toSorted()
        .map((file) => `import './${file}';`)
        .join('\n'),
      resolveDir: root,
      sourcefile: 'functions.ts',
    },
    absWorkingDir: root,
    outfile: join(root, 'dist/package', BUNDLE),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: [...NOT_BUNDLED],
    // Names stay: a stack trace is read by whoever is woken.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'external',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  const written = outputFiles.map(({ path, contents }) => [
    path.slice(join(root, 'dist/package/').length),
    contents,
  ]);
  return {
    files: {
      ...(Object.fromEntries(written) as PackageFiles),
      LICENSE: readFileSync(join(root, 'LICENSE')),
      'THIRD-PARTY-NOTICES.txt': Buffer.from(
        toNotices(root, toPackageFolders(Object.keys(metafile.inputs))),
      ),
      'host.json': readFileSync(join(root, 'host.json')),
      'package.json': Buffer.from(`${JSON.stringify(toManifest(root), null, 2)}\n`),
    },
    metafile,
  };
}

function toManifest(root: string): object {
  const { name, version, license, engines } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Readonly<Record<string, unknown>>;
  return { name, version, license, private: true, main: BUNDLE, engines };
}
