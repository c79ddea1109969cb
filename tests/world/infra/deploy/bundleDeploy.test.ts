import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STAGES } from '../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../infra/azure/synthesize.ts';
import { bundleDeploy } from '../../../../infra/deploy/bundleDeploy.ts';
import { startArmServer, type ArmServer } from '../../../../infra/local/arm/startArmServer.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import type { CommandOutcome } from '../../../support/commandIo.ts';

const PARAMETERS = [
  'tokenIssuer=https://login.example/v2.0',
  'tokenAudience=api://mtd',
  'operatorsEmail=a@b.example',
];

/** Outside of the project, where no package is in reach. */
const folder = mkdtempSync(join(tmpdir(), 'mtd-bundle-'));
let inputs: readonly string[];
let azure: ArmServer;
beforeAll(async () => {
  const bundle = await bundleDeploy(PROJECT_ROOT);
  ({ inputs } = bundle);
  writeFileSync(join(folder, 'deploy.cjs'), bundle.content);
  for (const stage of STAGES) writeFileSync(join(folder, `${stage.stage}.json`), synthesize(stage));
  azure = await startArmServer({
    outputs: () => ({}),
    secrets: new Map(),
    tokenFor: () => Promise.resolve('token'),
  });
});
afterAll(async () => {
  await azure.stop();
  rmSync(folder, { recursive: true });
});

/** Runs the bundle as the workflow does, with the identity of the stand-in. */
function run(...argv: readonly string[]): Promise<CommandOutcome> {
  const env = { IDENTITY_ENDPOINT: `${azure.address}/msi/token`, IDENTITY_HEADER: 'here' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['deploy.cjs', ...argv], { cwd: folder, env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const COMMAND =
  'what-if --resource-group mtd --subscription 00000000-0000-0000-0000-000000000001'.split(' ');

const whatIf = (stage: string, ...others: readonly string[]): Promise<CommandOutcome> =>
  run(...COMMAND, '--stage', stage, '--arm', azure.address, ...others);

it('contains packages only that are deployed too', () => {
  const { packages } = JSON.parse(
    readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8'),
  ) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  const bundled = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  expect([...bundled]).toContain('node_modules/@azure/identity');
  expect([...bundled].filter((path) => packages[path]?.dev !== undefined)).toEqual([]);
});

it('runs with Node.js alone, and takes the template from a file', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, err: '' });
  const parameters = PARAMETERS.flatMap((each) => ['--parameters', each]);
  for (const { stage } of STAGES) {
    const { code, out, err } = await whatIf(stage, '--template', `${stage}.json`, ...parameters);
    expect([code, out]).toEqual([0, expect.stringContaining('with all resources')]);
    expect(err).toMatch(/^ +`up` by this identity lacks:/);
  }
  const without = await whatIf('dev', ...parameters);
  expect([without.code, without.err]).toEqual([2, expect.stringContaining('--template FILE')]);
  const wrong = await whatIf('dev', '--template', 'nowhere.json');
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('`nowhere.json`')]);
});
