import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireApiToken } from '../../../../infra/deploy/requireApiToken.ts';
import { runDeployCommand } from '../../../../infra/deploy/runDeployCommand.ts';
import {
  startEntraServer,
  type EntraServer,
} from '../../../../infra/local/entra/startEntraServer.ts';
import type { Role } from '../../../../shared/core/ports/tokens.ts';
import { callCommand } from '../../../support/commandIo.ts';

const USER = '00000000-0000-4000-8000-000000000001';
let entra: EntraServer;
beforeEach(async () => {
  entra = await startEntraServer({
    principals: [
      {
        id: USER,
        kind: 'User',
        permissions: ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'],
      },
    ],
  });
  await callCommand(runDeployCommand, ['register', '--stage', 'prod', '--graph', entra.address], {
    signIn: () => Promise.resolve(entra.credentialOf(USER)),
  });
});
afterEach(() => entra.stop());

const registered = () => {
  const [application] = entra.state.applications.values();
  if (application === undefined) throw new TypeError('nothing is registered');
  return application;
};

/** What the check says about the token that `az` gets for the API now. */
async function check(
  roles: readonly Role[] = ['Devices.ReadWrite.All', 'Access.Decide'],
  accepted: readonly string[] = [registered().appId],
): Promise<string> {
  const { appId } = registered();
  const demand = { audience: appId, accepted, roles, stage: 'prod' };
  return requireApiToken(entra.credentialOf(USER), demand).then(
    () => '',
    (error: unknown) => (error as Error).message,
  );
}

it('accepts the token of a complete registration', async () => {
  expect(await check()).toBe('');
});

it('names each role that the token lacks, and the command that assigns it', async () => {
  entra.state.assignments.splice(0);
  const { appId } = registered();
  expect((await check()).split('\n')).toEqual([
    'the token lacks the role `Devices.ReadWrite.All`',
    'the token lacks the role `Access.Decide`',
    'an administrator of the applications mends it:',
    `  npm run deploy -- register --stage prod --app-id ${appId} --principal ${USER}`,
    'then run `az login` again, because az keeps a token for about an hour',
  ]);
});

it('names the other role if only one is assigned', async () => {
  expect(await check(['Access.Decide', 'Configuration.ReadWrite.All'])).toMatch(
    /^the token lacks the role `Configuration\.ReadWrite\.All`\nan administrator/,
  );
});

it('says that a token of version 1 is rejected', async () => {
  const application = registered();
  const api = { ...application.api, requestedAccessTokenVersion: null };
  entra.state.applications.set(application.id, { ...application, api });
  expect(await check()).toMatch(/version 1\.0 and the issuer https:\/\/sts\.windows\.net\//);
});

it('says that the parameter tokenAudience names another audience than the token', async () => {
  const uri = `api://${registered().appId}`;
  expect(await check([], [uri])).toContain(`but tokenAudience is \`${uri}\``);
});

it('says why Entra gives no token', async () => {
  const application = registered();
  const api = { ...application.api, preAuthorizedApplications: [] };
  entra.state.applications.set(application.id, { ...application, api });
  expect(await check()).toMatch(/AADSTS65001.+\n.*az account get-access-token[^]+-- register/);
  entra.state.servicePrincipals.clear();
  expect(await check()).toContain('AADSTS500011');
});

it('does not look into an opaque token', async () => {
  const credential = {
    getToken: () => Promise.resolve({ token: 'opaque', expiresOnTimestamp: 0 }),
  };
  const demand = { audience: 'api://mtd', roles: ['Access.Decide'] as const, stage: 'dev' };
  expect(await requireApiToken(credential, demand)).toBeUndefined();
});
