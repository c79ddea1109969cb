import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('names an existing test for every row of the conformance table', () => {
  const rows = read('../../../../../infra/receivers/caep/README.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, requirement = '']) => /^(OIDSSF|OIDCAEP|CAEPIOP|RFC\d+)-/.test(requirement));
  const tests = read('../../../../stack/receivers/caep/caep.test.ts').replaceAll(
    "'%s ",
    "'a device ",
  );
  const titles = rows.map(([, , , title = '']) => title.replace(/^a user /, 'a device '));
  expect(rows.length).toBeGreaterThan(40);
  expect(titles.filter((title) => !tests.includes(`'${title}'`))).toEqual([]);
});
