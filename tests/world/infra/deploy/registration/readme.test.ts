import { afterEach, beforeEach, expect, it } from 'vitest';
import { APP_ROLES } from '../../../../../infra/deploy/registration/manifest.ts';
import { runDeployCommand } from '../../../../../infra/deploy/runDeployCommand.ts';
import { issueToken } from '../../../../../infra/local/entra/issueToken.ts';
import {
  startEntraServer,
  type EntraServer,
} from '../../../../../infra/local/entra/startEntraServer.ts';
import { callCommand } from '../../../../support/commandIo.ts';
import { runScript, scriptsBelow } from '../../../../support/runScript.ts';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

const PAGE = 'infra/deploy/registration/README.md';
const USER = {
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'User',
  permissions: ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'],
} as const;

let entra: EntraServer;
beforeEach(async () => {
  entra = await startEntraServer({ principals: [USER] });
});
afterEach(() => entra.stop());

it('registers with `az` what `register` registers', async () => {
  const [script = ''] = scriptsBelow(PAGE, 'The same with `az`');
  const { code, err } = await runScript(script, temporaryFolder('register'), {
    environment: { AZ_GRAPH: entra.address, AZ_TOKEN: USER.id },
  });
  expect([code, err]).toEqual([0, '']);
  const [application] = entra.state.applications.values();
  expect(application?.appRoles).toEqual(APP_ROLES);
  const { appId = '' } = application ?? {};
  expect(issueToken(entra.state, USER, appId)).toMatchObject({
    ver: '2.0',
    aud: appId,
    roles: ['Devices.ReadWrite.All', 'Access.Decide'],
  });

  const before = entra.requests.length;
  const argv = ['register', '--stage', 'prod', '--graph', entra.address];
  const io = { signIn: () => Promise.resolve(entra.credentialOf(USER.id)) };
  expect((await callCommand(runDeployCommand, argv, io)).code).toBe(0);
  const later = entra.requests.slice(before);
  expect(later.filter((each) => !each.startsWith('GET'))).toEqual([]);
});
