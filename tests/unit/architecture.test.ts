import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircles } from '../support/findCircles.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const allFiles = globSync('{functions,shared,infra}/**/*', {
  cwd: ROOT,
  withFileTypes: true,
})
  .filter((entry) => entry.isFile())
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
const files = allFiles.filter((file) => file.endsWith('.ts'));
const sources = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

interface Import {
  readonly file: string;
  /** A path below the root, or the name of a package. */
  readonly target: string;
}

const IMPORT =
  /^(?:import|export)[^;]*?from ['"]([^'"]+)['"]|^import ['"]([^'"]+)['"]|\bimport\(\s*['"`]([^'"`]+)['"`]/gm;

const imports = [...sources].flatMap(([file, source]): readonly Import[] =>
  [...source.matchAll(IMPORT)].map(([, named, bare, dynamic]) => {
    const target = named ?? bare ?? dynamic ?? '';
    const isRelative = target.startsWith('.');
    return {
      file,
      target: isRelative ? relative(ROOT, join(ROOT, dirname(file), target)) : target,
    };
  }),
);

const offending = (isWrong: (each: Import) => boolean): readonly string[] =>
  imports.filter(isWrong).map(({ file, target }) => `${file} imports ${target}`);

const sourcesWith = (isOfInterest: (file: string) => boolean, text: RegExp): readonly string[] =>
  [...sources]
    .filter(([file, source]) => isOfInterest(file) && text.test(source))
    .map(([file]) => file);

/** The graph of imports between the places that `placeOf` maps files to. */
function graphOf(placeOf: (file: string) => string | undefined): ReadonlyMap<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    const [from, to] = [placeOf(file), placeOf(target)];
    if (from === undefined || to === undefined || from === to) continue;
    graph.set(from, (graph.get(from) ?? new Set()).add(to));
  }
  return graph;
}

/** Which rooms of `shared/` each room may import, beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ['base'],
  settings: ['base', 'domain'],
  'resources.ts': [],
  core: ['base', 'domain', 'settings', 'resources.ts'],
  adapters: ['base', 'domain', 'settings', 'core', 'resources.ts'],
  edge: ['base', 'domain', 'settings', 'core'],
  'compose.ts': ['base', 'domain', 'settings', 'core', 'adapters', 'edge'],
};

const roomOf = (path: string): string | undefined => /^shared\/([^/]+)/.exec(path)?.[1];

/** The folder of a file below `shared/`, cut to `depth` levels. */
const folderAt =
  (depth: number) =>
  (file: string): string | undefined => {
    const folders = /^shared\/(.+)\/[^/]+$/.exec(file)?.[1]?.split('/');
    return folders?.slice(0, depth).join('/');
  };

describe('the rooms of shared/', () => {
  it('are all known to this test', () => {
    expect(imports.length).toBeGreaterThan(1000);
    expect(new Set(files.map(roomOf).filter((room) => room !== undefined))).toEqual(
      new Set(Object.keys(MAY_IMPORT)),
    );
  });

  it('are written in TypeScript, in files that these rules read', () => {
    const others = allFiles.filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !file.endsWith('.ts'));
    // Node.js runs these before it can read TypeScript.
    expect(others.filter((file) => !/^infra\/.*\.cjs$/.test(file))).toEqual([]);
  });

  it('import downwards only', () => {
    const upwards = offending(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== undefined && to !== undefined && from !== to && !isAllowed(from, to);
    });
    expect(upwards).toEqual([]);
  });

  it('have no circle of files', () => {
    const known = new Set(files);
    const graph = graphOf((path) => (known.has(path) ? path : undefined));
    expect(graph.size).toBeGreaterThan(250);
    expect(findCircles(graph)).toEqual([]);
  });

  it.each([1, 2])('have no circle of folders at level %i of shared/', (depth) => {
    const graph = graphOf(folderAt(depth));
    expect(graph.size).toBeGreaterThanOrEqual(5);
    expect(findCircles(graph)).toEqual([]);
  });

  it('have at most 24 files a folder', () => {
    const sizes = Map.groupBy(allFiles, (file) => dirname(file));
    const full = [...sizes].filter(([, inside]) => inside.length > 24).map(([folder]) => folder);
    expect(full).toEqual([]);
  });
});

describe('each caller', () => {
  const foldersOf = (parent: string): readonly string[] =>
    globSync(`${parent}/*/*.*`, { cwd: ROOT }).map((path) => basename(dirname(path)));
  const PLACES = ['shared/edge/callers', 'infra/callers', 'tests/stack/callers'];
  const callers = [...new Set(PLACES.flatMap(foldersOf))].toSorted();

  it('is known by the test', () => {
    expect(callers).toContain('nginx');
    expect(callers.length).toBeGreaterThan(4);
  });

  it.each(callers)('%s has its three places: protocol, configuration, tests', (caller) => {
    const missing = PLACES.filter(
      (place) => globSync(`${place}/${caller}/*`, { cwd: ROOT }).length === 0,
    );
    expect(missing).toEqual([]);
  });
});

describe('the domain', () => {
  const isOfDomain = (file: string): boolean => roomOf(file) === 'domain';
  /** Its files, and all files that they import. */
  const reached = new Set(files.filter(isOfDomain));
  // The loop also visits the files that it adds.
  for (const each of reached)
    for (const { file, target } of imports)
      if (file === each && sources.has(target)) reached.add(target);

  it('has no I/O, no Azure and no package, even through its imports from base', () => {
    expect(reached.size).toBeGreaterThan(files.filter(isOfDomain).length);
    expect(
      offending(({ file, target }) => reached.has(file) && roomOf(target) === undefined),
    ).toEqual([]);
  });

  it('reads no clock and no random number, even through its imports from base', () => {
    const reading = sourcesWith(
      (file) => reached.has(file),
      /Date\.now|new Date\(\)|Math\.random|performance\./,
    );
    expect(reading).toEqual([]);
  });
});

describe('the sources', () => {
  it('import the runtime only in functions/', () => {
    expect(
      offending(
        ({ file, target }) => target === '@azure/functions' && !file.startsWith('functions/'),
      ),
    ).toEqual([]);
  });

  it('import the SDKs of services only in adapters, stand-ins and command lines', () => {
    const services = /^@azure\/(cosmos|service-bus|identity|storage-blob)$/;
    expect(
      offending(
        ({ file, target }) =>
          services.test(target) &&
          roomOf(file) !== 'adapters' &&
          !/^infra\/(cli|deploy|local|ops)\//.test(file),
      ),
    ).toEqual([]);
  });

  it('never import functions/ or tests/, and the product never imports infra/', () => {
    expect(
      offending(
        ({ file, target }) =>
          /^(functions|tests)\//.test(target) ||
          (target.startsWith('infra/') && !file.startsWith('infra/')),
      ),
    ).toEqual([]);
  });

  it('have one trigger a file, named after its function and made by onHttp, onTimer or onMessage', () => {
    const made = { http: 'onHttp(', timer: 'onTimer(', serviceBusQueue: 'onMessage(' };
    const wrong = [...sources]
      .filter(([file]) => file.startsWith('functions/'))
      .filter(([file, source]) => {
        const registered = [...source.matchAll(/app\.(http|timer|serviceBusQueue)\(\s*'([^']+)'/g)];
        return (
          registered.length > 1 ||
          registered.some(
            ([, kind, name]) =>
              name !== basename(file, '.ts') ||
              !source.includes(`handler: ${made[kind as keyof typeof made]}`),
          )
        );
      })
      .map(([file]) => file);
    expect(wrong).toEqual([]);
  });

  it('never rename an import in a trigger', () => {
    expect(sourcesWith((file) => file.startsWith('functions/'), /import [^;]*\sas\s/)).toEqual([]);
  });

  it('log through the functions that keep a message on one line', () => {
    expect(sourcesWith((file) => /^(?:functions|shared)\//.test(file), /\blog: context\b/)).toEqual(
      [],
    );
    expect(
      sourcesWith((file) => file.startsWith('functions/'), /context\.(?:log|warn|error)\b/),
    ).toEqual([]);
  });

  it('read the environment in one file', () => {
    expect(sourcesWith((file) => !file.startsWith('infra/'), /process\.env/)).toEqual([
      'shared/settings/config.ts',
    ]);
  });
});

function isAllowed(from: string, to: string): boolean {
  return MAY_IMPORT[from]?.includes(to) ?? false;
}
