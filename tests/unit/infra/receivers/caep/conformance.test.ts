import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('names an existing test for every check of the conformance list', () => {
  const checks = [
    ...read('../../../../../infra/receivers/caep/README.md').matchAll(
      /^- \*\*(?:OIDSSF|OIDCAEP|CAEPIOP|RFC\d+)-.+$(?:\n {2}Test: (.+)$)?/gm,
    ),
  ];
  const tests = read('../../../../stack/receivers/caep/caep.test.ts').replaceAll(
    'include %s ',
    'include a device ',
  );
  const titles = checks.map(([, title = 'without a test']) =>
    title.replace('include a user ', 'include a device '),
  );
  expect(checks.length).toBeGreaterThan(40);
  expect(titles.filter((title) => !tests.includes(`'${title}'`))).toEqual([]);
});
