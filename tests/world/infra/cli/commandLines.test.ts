import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { spawnCommand } from '../../../support/spawnCommand.ts';

const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The npm scripts that run a file of this project, and the file. */
const FILES = Object.entries(scripts).flatMap(([script, command]) => {
  const [, file] = /requireNode\.cjs (\S+\.ts)$/.exec(command.trim()) ?? [];
  return file === undefined ? [] : [[script, file] as const];
});

it('finds the command lines', () => {
  expect(FILES.map(([script]) => script)).toEqual(
    expect.arrayContaining(['start', 'demo', 'synth', 'docs', 'build', 'provision', 'ops']),
  );
});

/** Each takes its command line in the same way (`runProcess`), so the first of them stand for the others. */
const WRONGLY_CALLED = FILES.slice(0, 5);

it.each(WRONGLY_CALLED)(
  'npm run %s rejects an unknown option and points to its usage',
  async (script, file) => {
    const { code, out, err } = await spawnCommand(file, ['--bogus']);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: `Unknown option '--bogus'\nsee \`npm run ${script} -- --help\`\n`,
    });
  },
);

it.each(FILES)('npm run %s prints its usage and does nothing else', async (script, file) => {
  const { code, out, err } = await spawnCommand(file, ['--help']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(new RegExp(`^usage: npm (run )?${script}`));
});
