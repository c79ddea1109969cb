import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withTables } from '../infra/rulesTables.ts';
import packageJson from '../package.json' with { type: 'json' };

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

it('explains every reason code', () => {
  const codes = read('shared/domain/reason.ts').match(/(?<=\| ')\w+(?=')/g) ?? [];
  expect(codes).toContain('deviceSilent');
  expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});

it('names every endpoint', () => {
  const routes = readdirSync(new URL('../functions', import.meta.url)).flatMap(
    (file) => /route: '(?:api\/)?([^'{]+)/.exec(read(`functions/${file}`))?.[1] ?? [],
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
  const commands = [
    ...readme.matchAll(/npm (?:run )?(demo|start|setup|rules|test|build|\w+:\w+)/g),
  ];
  const unknown = commands.filter(([, name]) => !(String(name) in packageJson.scripts));
  expect(commands.length).toBeGreaterThan(3);
  expect(unknown).toEqual([]);
});
