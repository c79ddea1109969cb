import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { STAGES } from '../../../infra/azure/stageConfiguration.ts';
import { PROJECT_ROOT } from '../../../infra/local/stack/startStack.ts';

const FOLDER = join(PROJECT_ROOT, 'infra/github');
const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const deployOptions = readFileSync(join(PROJECT_ROOT, 'infra/deploy/main.ts'), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes': number; readonly steps: readonly Step[] }>
  >;
}

const FILES = readdirSync(FOLDER);

describe.each(FILES)('the workflow %s', (file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const workflow = parse(text) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const runs = steps.flatMap(({ run }) => run ?? []);

  it('runs scripts that there are', () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    const options = runs
      .filter((run) => run.includes('deploy --'))
      .flatMap((run) => [...run.matchAll(/ --([a-z-]+)/g)]);
    const unknown = options
      .map(([, name = '']) => name)
      .filter((name) => name !== 'silent' && !deployOptions.includes(`--${name} `));
    expect(unknown).toEqual([]);
  });

  it('has no secret, and no more rights than it says', () => {
    expect(text).not.toContain('secrets.');
    const { contents, ...others } = workflow.permissions;
    expect(contents).toBe('read');
    const allowed: Readonly<Record<string, object>> = {
      'check.yml': {},
      'what-if.yml': { 'id-token': 'write', 'pull-requests': 'write' },
      'deploy.yml': { 'id-token': 'write' },
    };
    expect(others).toEqual(allowed[file]);
  });

  it('takes nothing of a pull request into a command', () => {
    expect(runs.filter((run) => run.includes('${{'))).toEqual([]);
  });

  it('ends, and names the version of every action', () => {
    for (const job of Object.values(workflow.jobs))
      expect(job['timeout-minutes']).toBeLessThan(100);
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^(?:actions|azure)\/[\w-]+@v\d+$/.test(action))).toEqual(
      [],
    );
  });
});

it('the workflows know every stage', () => {
  for (const { stage } of STAGES)
    expect(readFileSync(join(FOLDER, 'deploy.yml'), 'utf8')).toMatch(
      new RegExp(`options: .*\\b${stage}\\b`),
    );
  expect(FILES.toSorted()).toEqual(['check.yml', 'deploy.yml', 'what-if.yml']);
});
