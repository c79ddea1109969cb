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
const deployOptions = readFileSync(join(PROJECT_ROOT, 'infra/deploy/runDeployCommand.ts'), 'utf8');

const README = readFileSync(join(PROJECT_ROOT, 'infra/deploy/README.md'), 'utf8');

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
  'what-if.yml package': { contents: 'read' },
  'what-if.yml what-if': { 'id-token': 'write' },
  'what-if.yml comment': { 'pull-requests': 'write' },
  'deploy.yml package': { contents: 'read' },
  'deploy.yml deploy': { 'id-token': 'write' },
};

/**
 * Each action, pinned by the commit of its version, as public workflows pin it. Each is the first major version that runs
 * on Node 24, the oldest on the runners.
 */
const PINNED: Readonly<Record<string, string>> = {
  'actions/checkout': '93cb6efe18208431cddfb8368fd83d5badbf9bfd # v5.0.1',
  'actions/setup-node': 'a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0',
  'actions/upload-artifact': 'b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0',
  'actions/download-artifact': '37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0',
  'actions/github-script': 'ed597411d8f924073f98dfc5c65a23a2325f34cd # v8.0.0',
  'azure/login': '532459ea530d8321f2fb9bb10d1e0bcf23869a43 # v3.0.0',
};

/** The only actions of a job that can sign in: they install nothing and run no code of the project. */
const ACTIONS_WITH_TOKEN: ReadonlySet<string> = new Set([
  'actions/setup-node',
  'actions/download-artifact',
  'actions/upload-artifact',
  'azure/login',
]);

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
      .filter((run) => run.includes('deploy.cjs'))
      .flatMap((run) => [...run.matchAll(/ --([a-z-]+)/g)]);
    const unknown = options
      .map(([, name = '']) => name)
      .filter((name) => !deployOptions.includes(`--${name} `));
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

  it('installs nothing and has no sources where it can sign in', () => {
    for (const [, { permissions = workflow.permissions, steps }] of jobs) {
      if (permissions['id-token'] === undefined) continue;
      const actions = steps.flatMap(({ uses }) => uses?.split('@')[0] ?? []);
      expect(actions.filter((name) => !ACTIONS_WITH_TOKEN.has(name))).toEqual([]);
      const commands = steps.flatMap(({ run }) => run ?? []);
      expect(commands.length).toBeGreaterThan(0);
      // One command: the bundle that another job made, with its options on continued lines.
      for (const command of commands)
        expect(command.replaceAll(/\\\n\s*/g, '').trim()).toMatch(
          /^node dist\/deploy\.cjs [^;&|\n`]+$/,
        );
      for (const step of steps) expect(step.with?.['cache']).toBeUndefined();
    }
  });

  it('grants nothing by default that a job could inherit', () => {
    const { permissions } = workflow;
    expect(
      Object.values(permissions ?? { all: 'write' }).filter((each) => each !== 'read'),
    ).toEqual([]);
  });

  it('has a time limit, and pins each action by the commit of its version', () => {
    for (const [, job] of jobs) expect(job['timeout-minutes']).toBeLessThan(100);
    const used = [...text.matchAll(/uses: *(.+)$/gm)].map(([, action = '']) => action);
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const action of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
      const [name = '', pin] = action.split('@');
      expect([name, pin]).toEqual([name, PINNED[name]]);
    }
  });
});

it('production is deployed from main only, from the files that a job without a token made', () => {
  const { jobs } = parse(readFileSync(join(FOLDER, 'deploy.yml'), 'utf8')) as Workflow;
  expect(jobs['deploy']?.if).toBe("inputs.stage != 'prod' || github.ref == 'refs/heads/main'");
  const uploaded = jobs['package']?.steps.map((step) => step.with?.['path']).filter(Boolean);
  expect(uploaded).toEqual(['dist/package.zip\ndist/arm\ndist/deploy.cjs\n']);
  expect(README).toMatch(/`prod`[^.]*branch `main`/);
});

it('the deployment offers every stage, and no other workflow exists', () => {
  for (const { stage } of STAGES)
    expect(readFileSync(join(FOLDER, 'deploy.yml'), 'utf8')).toMatch(
      new RegExp(`options: .*\\b${stage}\\b`),
    );
  expect(FILES.toSorted()).toEqual(['check.yml', 'deploy.yml', 'what-if.yml']);
});
