import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGeneratedFiles } from '../../infra/docs/generatedFiles.ts';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const MAX_LINE_LENGTH = 200;
/** The first page stays short, so that a new reader reads it to the end. */
const MAX_README_SIZE_IN_BYTES = 10_240;
/** Folders without pages of this project. */
const NOT_OURS = new Set(['node_modules', 'dist', '.local', '.git']);

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const documents = globSync('**/*.md', { cwd: ROOT, exclude: (name) => NOT_OURS.has(name) });
const withoutFences = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '');
const withoutCode = (text: string): string => withoutFences(text).replaceAll(/`[^`\n]*`/g, '');

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const slugs = [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
  const counts = new Map<string, number>();
  return new Set(
    slugs.map((slug) => {
      const count = counts.get(slug) ?? 0;
      counts.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${String(count)}`;
    }),
  );
}

/** The targets of a page's links and images, without those on the web. */
function linksOf(text: string): readonly string[] {
  const LINK = /\]\(<?([^)\s>]+)>?\)|(?:src|href)="([^"]+)"|^\[[^\]]+\]: <?([^\s>]+)/gm;
  return [...withoutCode(text).matchAll(LINK)]
    .map(([, link, attribute, reference]) => link ?? attribute ?? reference ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function isBroken(document: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? document : relative(ROOT, resolve(ROOT, dirname(document), path));
  if (target.startsWith('..') || !existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !(target.endsWith('.md') && anchorsOf(read(target)).has(anchor));
}

/** The scripts of `package.json` that a page names. */
const scriptsOf = (text: string): readonly string[] =>
  [...text.matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g)].map(
    ([, run, short]) => run ?? short ?? '',
  );
/** The files and folders of the project that a page names without a link. */
const filesOf = (text: string): readonly string[] =>
  [...text.matchAll(/`((?:functions|infra|shared|tests)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  );

describe('the pages', () => {
  it.each([
    ['links', linksOf],
    ['commands', scriptsOf],
    ['files', filesOf],
  ])('have %s to look at', (_, namesOf) => {
    expect(documents.map(read).flatMap(namesOf).length).toBeGreaterThan(10);
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('has links that lead somewhere', () => {
    expect(linksOf(text).filter((link) => isBroken(document, link))).toEqual([]);
  });

  it('names no command that does not exist', () => {
    expect(scriptsOf(text).filter((name) => !(name in packageJson.scripts))).toEqual([]);
  });

  it('names no file that does not exist', () => {
    expect(filesOf(text).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('has no long line', () => {
    const lines = text.split('\n').filter((line) => line.length > MAX_LINE_LENGTH);
    expect(lines).toEqual([]);
  });

  it('pads no table', () => {
    const lines = text.split('\n').filter((line) => /^\|.*(?: {2,}\||-{4,})/.test(line));
    expect(lines).toEqual([]);
  });
});

describe('the anchors of a page', () => {
  it.each([
    ['# Try it', 'try-it'],
    ['## One `request`, its answer', 'one-request-its-answer'],
    ['### [Envoy](envoy/README.md): ext_authz', 'envoy-ext_authz'],
    ['## Node.js comes through npm', 'nodejs-comes-through-npm'],
  ])('%s is %s', (heading, anchor) => {
    expect([...anchorsOf(heading)]).toEqual([anchor]);
  });

  it('count equal headings, and skip code', () => {
    expect([...anchorsOf('# A\n\n```sh\n# B\n```\n\n## A\n')]).toEqual(['a', 'a-1']);
  });
});

describe('README.md', () => {
  it('is short', () => {
    expect(statSync(join(ROOT, 'README.md')).size).toBeLessThanOrEqual(MAX_README_SIZE_IN_BYTES);
  });
});

describe('the generated parts', () => {
  const files = readGeneratedFiles().map((file) => ({ ...file, name: relative(ROOT, file.path) }));

  it.each(files)('of $name are current: run `npm run docs`', ({ current, wanted }) => {
    expect(current).toBe(wanted);
  });
});

describe('shared/domain/README.md', () => {
  it('explains every reason code', () => {
    const codes = read('shared/domain/vocabulary/reason.ts').match(/(?<=\| ')\w+(?=')/g) ?? [];
    const readme = read('shared/domain/README.md');
    expect(codes).toContain('deviceSilent');
    expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('functions/README.md', () => {
  const readme = read('functions/README.md');

  it('names every endpoint', () => {
    const routes = globSync('functions/**/*.ts', { cwd: ROOT }).flatMap(
      (file) => /route: '([^']+)'/.exec(read(file))?.[1] ?? [],
    );
    expect(routes).toContain('api/accessDecisions');
    expect(routes.filter((route) => !readme.includes(`\`/${route}\``))).toEqual([]);
  });

  it('names every timer and queue handler', () => {
    const triggers = globSync('functions/**/*.ts', { cwd: ROOT }).filter((file) =>
      /app\.(?:timer|serviceBusQueue)\(/.test(read(file)),
    );
    expect(triggers.length).toBeGreaterThan(5);
    expect(
      triggers.filter((file) => !readme.includes(`](${relative('functions', file)})`)),
    ).toEqual([]);
  });
});

describe('tests/README.md', () => {
  const readme = read('tests/README.md');
  const section = readme.slice(readme.indexOf('## Threat model'), readme.indexOf('## Proof'));
  const attacks = section.split(/^- /m).slice(1);

  it('names a test for each attack', () => {
    expect(attacks.length).toBeGreaterThan(20);
    const untested = attacks.filter((attack) => {
      const [, links = ''] = /^ {2}Test: (.+)\.$/m.exec(attack) ?? [];
      const tests = [...links.matchAll(/\]\(([^)]+\.test\.ts)\)/g)];
      return tests.length === 0 || tests.some(([, test = '']) => isBroken('tests/README.md', test));
    });
    expect(untested).toEqual([]);
  });
});
