import { UnsecuredJWT } from 'jose';
import { expect, it } from 'vitest';
import type { DeployRun } from '../../../../infra/deploy/deployRun.ts';
import { trySmoke } from '../../../../infra/deploy/smokeDeployed.ts';

const STACK = { provisioningState: 'succeeded', outputs: { api: 'https://mtd.example' } };

/** Runs the smoke test with a token of these roles, and without a way to the system. */
async function smokeWith(
  roles: readonly string[],
  options: Partial<DeployRun['options']> = {},
): Promise<{ readonly problem: string; readonly scopes: readonly string[] }> {
  const scopes: string[] = [];
  const token = new UnsecuredJWT({ ver: '2.0', aud: 'app', oid: 'deployer', roles: [...roles] });
  const run = {
    options: { parameters: ['tokenAudience=app api://app'], ...options },
    stage: { stage: 'prod' },
    credential: {
      getToken(scope: string) {
        scopes.push(scope);
        return Promise.resolve({ token: token.encode(), expiresOnTimestamp: 0 });
      },
    },
    io: { fetch: () => Promise.reject(new Error('the system was asked')) },
    note: () => undefined,
  } as unknown as DeployRun;
  const problem = await trySmoke(run, STACK).then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  );
  return { problem, scopes };
}

it('names the missing role and the command that assigns it, before it asks the system', async () => {
  const { problem, scopes } = await smokeWith(['Access.Decide']);
  expect(problem).toMatch(/^the token lacks the role `Devices\.ReadWrite\.All`\n/);
  expect(problem).toContain('register --stage prod --principal deployer');
  expect(scopes).toEqual(['app/.default']);
});

it('asks a token for the audience of the command line, else for the first that the API accepts', async () => {
  expect((await smokeWith([], { audience: 'api://app' })).scopes).toEqual(['api://app/.default']);
  expect((await smokeWith([])).scopes).toEqual(['app/.default']);
  expect((await smokeWith([], { parameters: [] })).problem).toContain('needs --audience');
});

it('names the audience that the API would reject', async () => {
  const roles = ['Access.Decide', 'Devices.ReadWrite.All'];
  const { problem } = await smokeWith(roles, { parameters: ['tokenAudience=api://app'] });
  expect(problem).toContain('names the audience `app`, but tokenAudience is `api://app`');
});
