import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { bundleFunctions, BUNDLE } from './bundleFunctions.ts';
import { zipPackage } from './zipPackage.ts';

/**
 * `npm run measure:package`: how large the package is, and how long a new process takes to load it, against the same
 * functions file by file with their packages installed. The runs take turns.
 */
const RUNS = 15;
const root = resolve(import.meta.dirname, '../..');
// Within the project: the separate files find their packages by the way to it.
const folder = mkdtempSync(join(root, 'dist/measure-'));
try {
  const { files } = await bundleFunctions(root);
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      'tsconfig.build.json',
      '--outDir',
      folder,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  writeFileSync(join(folder, 'functions/package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'shared/package.json'), '{"type":"module"}');
  const separate: string[] = [];
  for await (const file of glob('functions/*.js', { cwd: folder }))
    separate.push(join(folder, file));
  const forms = { bundled: [join(folder, BUNDLE)], separate: separate.toSorted() };
  const times: Record<keyof typeof forms, number[]> = { bundled: [], separate: [] };
  for (let run = 0; run < RUNS; run += 1)
    for (const form of ['bundled', 'separate'] as const) times[form].push(load(forms[form]));
  const zip = zipPackage(files).length;
  const bundled = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  const installed = await sizeOfInstalled(separate);
  console.log(
    `bundled    ${toMb(bundled)} unpacked, ${toMb(zip)} as a zip, loaded in ${median(times.bundled)}`,
  );
  console.log(`separate   ${toMb(installed)} unpacked, loaded in ${median(times.separate)}`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Milliseconds in which a new process has loaded the files, its own start not counted. */
function load(files: readonly string[]): number {
  const script = join(import.meta.dirname, 'loadOnce.ts');
  const flag = '--disable-warning=ExperimentalWarning';
  return Number(execFileSync(process.execPath, [flag, script, ...files], { encoding: 'utf8' }));
}

/** Everything that would be deployed: our files, and the packages that are no development dependencies. */
async function sizeOfInstalled(functions: readonly string[]): Promise<number> {
  const listed = execFileSync(
    'npm',
    ['ls', '--omit=dev', '--omit=optional', '--all', '--parseable'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const packages = listed.trim().split('\n').slice(1);
  let size = functions.reduce((sum, file) => sum + statSync(file).size, 0);
  for await (const file of glob('shared/**/*.js', { cwd: folder }))
    size += statSync(join(folder, file)).size;
  for (const path of packages) {
    for await (const file of glob('**/*', { cwd: path, exclude: (name) => isNested(path, name) })) {
      const found = statSync(join(path, file));
      if (found.isFile()) size += found.size;
    }
  }
  return size;
}

/** Packages within packages are listed by themselves. */
function isNested(path: string, name: string): boolean {
  return relative(path, join(path, name)).split('/').includes('node_modules');
}

function median(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0)} ms (median of ${String(values.length)})`;
}

function toMb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
