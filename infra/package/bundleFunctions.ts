import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { toNotices, toPackageFolders } from './toNotices.ts';

/** The Functions worker supplies it on `require` (azure-functions-nodejs-worker, `setupCoreModule`). */
const WORKER_MODULES = ['@azure/functions-core'];
/** `debug` uses it if it is installed, and only other packages install it here. */
const OPTIONAL = ['supports-color'];
export const NOT_BUNDLED: readonly string[] = [...WORKER_MODULES, ...OPTIONAL];
export const BUNDLE = 'functions.cjs';

/** The files of the package, by path. */
export type PackageFiles = Readonly<Record<string, Uint8Array>>;

/** The deployed files, and esbuild's report of their inputs. */
export interface Bundle {
  readonly files: PackageFiles;
  readonly metafile: Metafile;
}

/**
 * Bundles all functions and their imports into one file, beside the files that the host reads, so the app installs nothing.
 * Equal sources give equal files. The format is CommonJS, because the worker supplies its own module only to `require`.
 * @throws Error if bundling fails or gives a warning.
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
    // Identifiers are not minified, so the on-call operator can read stack traces.
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
