import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { withTables } from '../../infra/docs/rulesTables.ts';
import packageJson from '../../package.json' with { type: 'json' };

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const ROOT = resolve(import.meta.dirname, '../..');
const readme = read('README.md');

it('explains every reason code', () => {
  const codes = read('shared/domain/vocabulary/reason.ts').match(/(?<=\| ')\w+(?=')/g) ?? [];
  expect(codes).toContain('deviceSilent');
  expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});

it('names every endpoint', () => {
  const routes = globSync('functions/**/*.ts', { cwd: ROOT }).flatMap(
    (file) => /route: '(?:api\/)?([^'{]+)/.exec(read(file))?.[1] ?? [],
  );
  expect(routes).toContain('accessDecisions');
  expect(routes.filter((route) => !readme.includes(route.replace(/\/$/, '')))).toEqual([]);
});

it('has its tables from the code', () => {
  // The formatter pads the cells.
  const words = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
  expect(words(readme)).toBe(words(withTables(readme)));
});

it('names no command that does not exist', () => {
  const commands = [...readme.matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g)].map(
    ([, run, short]) => run ?? short ?? '',
  );
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter((name) => !(name in packageJson.scripts))).toEqual([]);
});

it('names for each attack a test that there is', () => {
  const model = readme.slice(readme.indexOf('## Threat model'), readme.indexOf('## Proof'));
  const rows = model
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  expect(rows.length).toBeGreaterThan(20);
  const held = rows.map((row) => /\]\((tests\/[^)]+)\) +\|$/.exec(row)?.[1] ?? row);
  const isThere = (path: string): boolean => existsSync(new URL(`../../${path}`, import.meta.url));
  expect(held.filter((path) => !isThere(path))).toEqual([]);
});
