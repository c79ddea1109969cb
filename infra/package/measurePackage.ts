import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { median } from '../node/percentiles.ts';
import { bundleFunctions, BUNDLE } from './bundleFunctions.ts';
import { zipPackage } from './zipPackage.ts';

const RUNS = 15;
const root = resolve(import.meta.dirname, '../..');

/** Size, load time and memory of one form of the functions. */
export interface MeasuredForm {
  readonly bytes: number;
  /** Medians of the time to load, and of the memory of the process afterwards. */
  readonly loadedInMilliseconds: number;
  readonly memoryInMebibytes: number;
}

export interface MeasuredPackage {
  readonly zipBytes: number;
  readonly bundled: MeasuredForm;
  /** The same functions file by file, with their packages installed. */
  readonly separate: MeasuredForm;
}

/** Measures the package and the same functions as separate files. The runs alternate. */
export async function measurePackage(): Promise<MeasuredPackage> {
  // Inside the project, so that the separate files find their packages.
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist/measure-'));
  try {
    const { files } = await bundleFunctions(root);
    for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
    compileSeparately(folder);
    const separate: string[] = [];
    for await (const file of glob('functions/**/*.js', { cwd: folder }))
      separate.push(join(folder, file));
    const forms = { bundled: [join(folder, BUNDLE)], separate: separate.toSorted() };
    const loads: Record<keyof typeof forms, Loaded[]> = { bundled: [], separate: [] };
    for (let run = 0; run < RUNS; run += 1)
      for (const form of ['bundled', 'separate'] as const) loads[form].push(load(forms[form]));
    const bundled = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    return {
      zipBytes: zipPackage(files).length,
      bundled: toForm(bundled, loads.bundled),
      separate: toForm(await sizeOfInstalled(folder, separate), loads.separate),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compileSeparately(folder: string): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', folder], {
    cwd: root,
    stdio: 'inherit',
  });
  writeFileSync(join(folder, 'functions/package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'shared/package.json'), '{"type":"module"}');
}

interface Loaded {
  readonly milliseconds: number;
  readonly mebibytes: number;
}

/** Loads the files in a new process, without counting its start. */
function load(files: readonly string[]): Loaded {
  const script = join(import.meta.dirname, 'loadOnce.ts');
  const flag = '--disable-warning=ExperimentalWarning';
  return JSON.parse(
    execFileSync(process.execPath, [flag, script, ...files], { encoding: 'utf8' }),
  ) as Loaded;
}

function toForm(bytes: number, loads: readonly Loaded[]): MeasuredForm {
  return {
    bytes,
    loadedInMilliseconds: median(loads.map(({ milliseconds }) => milliseconds)),
    memoryInMebibytes: median(loads.map(({ mebibytes }) => mebibytes)),
  };
}

/** The size of everything that would be deployed: our files and the production dependencies. */
async function sizeOfInstalled(folder: string, functions: readonly string[]): Promise<number> {
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

/** `npm ls` lists nested packages themselves, so they are not counted within others. */
function isNested(path: string, name: string): boolean {
  return relative(path, join(path, name)).split('/').includes('node_modules');
}
