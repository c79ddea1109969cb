import { join } from 'node:path';
import { build } from 'esbuild';
import { NOT_BUNDLED } from '../package/bundleFunctions.ts';

/** The bundle, and the files that are in it. */
export interface DeployBundle {
  readonly content: Uint8Array;
  readonly inputs: readonly string[];
}

/**
 * Bundles `npm run deploy` into one file that needs Node.js only. A pipeline runs it where an identity is signed in, so no
 * development package runs there. The bundle cannot synthesize: it takes the template from a file.
 * @throws Error if bundling fails or gives a warning.
 */
export async function bundleDeploy(root: string): Promise<DeployBundle> {
  const { outputFiles, metafile, warnings } = await build({
    entryPoints: [join(root, 'infra/deploy/bundledMain.ts')],
    absWorkingDir: root,
    outfile: join(root, 'dist/deploy.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: [...NOT_BUNDLED],
    legalComments: 'inline',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (warnings.length > 0 || file === undefined)
    throw new Error(warnings.map(({ text }) => text).join('\n'));
  return { content: file.contents, inputs: Object.keys(metafile.inputs) };
}
