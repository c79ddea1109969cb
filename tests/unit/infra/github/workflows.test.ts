import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { STAGES } from '../../../../infra/azure/stageConfiguration.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';

const FOLDER = join(PROJECT_ROOT, 'infra/github');
const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const deployOptions = readFileSync(join(PROJECT_ROOT, 'infra/deploy/runDeploy.ts'), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

type Permissions = Readonly<Record<string, string>>;

interface Job {
  readonly 'timeout-minutes': number;
  readonly permissions?: Permissions;
  readonly if?: string;
  readonly environment?: string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Permissions;
  readonly concurrency: { readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The permissions of each job. No other job may exist. */
const ALLOWED: Readonly<Record<string, Permissions>> = {
  'check.yml check': { contents: 'read' },
  'what-if.yml what-if': { contents: 'read', 'id-token': 'write' },
  'what-if.yml comment': { 'pull-requests': 'write' },
  'deploy.yml package': { contents: 'read' },
  'deploy.yml deploy': { contents: 'read', 'id-token': 'write' },
};

/** The first version of each action that runs on Node 24, the oldest version on the runners. */
const FIRST_ON_NODE_24: Readonly<Record<string, number>> = {
  'actions/checkout': 5,
  'actions/setup-node': 5,
  'actions/upload-artifact': 6,
  'actions/download-artifact': 7,
  'actions/github-script': 8,
  'azure/login': 3,
};

const FILES = readdirSync(FOLDER);

describe.each(FILES)('the workflow %s', (file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);
  const runs = steps.flatMap(({ run }) => run ?? []);

  it('runs only existing scripts with existing options', () => {
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

  it('has no secret and gives each job only the permissions it needs', () => {
    expect(text).not.toContain('secrets.');
    for (const [name, { permissions }] of jobs)
      expect(permissions ?? workflow.permissions).toEqual(ALLOWED[`${file} ${name}`]);
  });

  it('runs no code of a pull request with write permissions, and leaves it no credentials', () => {
    for (const [, { permissions = workflow.permissions, steps }] of jobs) {
      const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      for (const checkout of checkouts) expect(checkout.with?.['persist-credentials']).toBe(false);
      const written = Object.keys(permissions).filter((name) => permissions[name] === 'write');
      const runsProjectCode = checkouts.length > 0;
      expect(written.filter((name) => name !== 'id-token' && runsProjectCode)).toEqual([]);
    }
  });

  it('signs in only for an environment and never for a fork', () => {
    for (const [, job] of jobs) {
      const { 'id-token': idToken } = job.permissions ?? workflow.permissions;
      if (idToken === undefined) continue;
      expect(job.environment).toMatch(/^\$\{\{ .*stage/);
      if (text.includes('pull_request:'))
        expect(job.if).toBe('github.event.pull_request.head.repo.full_name == github.repository');
    }
  });

  it('expands no expression inside a command', () => {
    expect(runs.filter((run) => run.includes('${{'))).toEqual([]);
  });

  it('has a time limit and uses supported versions of known actions', () => {
    for (const [, job] of jobs) expect(job['timeout-minutes']).toBeLessThan(100);
    for (const action of steps.flatMap(({ uses }) => uses ?? [])) {
      const [, name = '', version] = /^([\w-]+\/[\w-]+)@v(\d+)$/.exec(action) ?? [];
      expect(Object.keys(FIRST_ON_NODE_24)).toContain(name);
      expect(Number(version)).toBeGreaterThanOrEqual(FIRST_ON_NODE_24[name] ?? Infinity);
    }
  });
});

it('the deployment offers every stage, and no other workflow exists', () => {
  for (const { stage } of STAGES)
    expect(readFileSync(join(FOLDER, 'deploy.yml'), 'utf8')).toMatch(
      new RegExp(`options: .*\\b${stage}\\b`),
    );
  expect(FILES.toSorted()).toEqual(['check.yml', 'deploy.yml', 'what-if.yml']);
});
