import { afterEach, describe, expect, it } from 'vitest';
import { APP_ROLES, AZURE_CLI } from '../../../../../infra/deploy/registration/manifest.ts';
import { runDeployCommand } from '../../../../../infra/deploy/runDeployCommand.ts';
import type { GraphPermission } from '../../../../../infra/local/entra/entraState.ts';
import { issueToken } from '../../../../../infra/local/entra/issueToken.ts';
import {
  startEntraServer,
  type EntraServer,
  type EntraServerOptions,
} from '../../../../../infra/local/entra/startEntraServer.ts';
import { callCommand, type CommandOutcome } from '../../../../support/commandIo.ts';

const ADMINISTRATOR: readonly GraphPermission[] = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
];
const USER = '00000000-0000-4000-8000-000000000001';
const DEPLOYER = '00000000-0000-4000-8000-000000000002';
const GATEWAY = '00000000-0000-4000-8000-000000000003';
const STRANGER = '00000000-0000-4000-8000-000000000004';

let entra: EntraServer;
afterEach(() => entra.stop());

const start = async (
  options: Partial<EntraServerOptions> = {},
  permissions = ADMINISTRATOR,
): Promise<void> => {
  entra = await startEntraServer({
    principals: [
      { id: USER, kind: 'User', permissions },
      { id: DEPLOYER, kind: 'ServicePrincipal', permissions },
      { id: GATEWAY, kind: 'ServicePrincipal', permissions: [] },
    ],
    ...options,
  });
};

const registerAs = (who: string, ...words: readonly string[]): Promise<CommandOutcome> =>
  callCommand(
    runDeployCommand,
    ['register', '--stage', 'dev', '--graph', entra.address, ...words],
    { signIn: () => Promise.resolve(entra.credentialOf(who)) },
  );
const register = (...words: readonly string[]): Promise<CommandOutcome> =>
  registerAs(USER, ...words);

const registered = () => {
  const [application] = entra.state.applications.values();
  if (application === undefined) throw new TypeError('nothing is registered');
  return application;
};

/** The roles in the token that `az` gets. */
const rolesOf = (id: string): unknown => {
  const principal = entra.state.principals.get(id);
  if (principal === undefined) throw new TypeError('there is no such principal');
  return issueToken(entra.state, principal, registered().appId)['roles'];
};

const writes = (): readonly string[] => entra.requests.filter((each) => !each.startsWith('GET'));

describe('npm run deploy -- register', () => {
  it('registers the API in an empty tenant, and the signed-in user gets a token with the roles of the smoke test', async () => {
    await start();
    const { code, out } = await register();
    const { appId, api, identifierUris, appRoles } = registered();
    const issuer = `https://login.microsoftonline.com/${entra.state.tenantId}/v2.0`;
    expect(code).toBe(0);
    expect(out).toContain(`tokenIssuer=${issuer} --parameters tokenAudience=${appId}`);
    expect(identifierUris).toEqual([`api://${appId}`]);
    expect(appRoles.map(({ value }) => value)).toEqual(APP_ROLES.map(({ value }) => value));
    expect(api.requestedAccessTokenVersion).toBe(2);
    expect(api.preAuthorizedApplications.map((each) => each.appId)).toEqual([AZURE_CLI]);
    expect(rolesOf(USER)).toEqual(['Devices.ReadWrite.All', 'Access.Decide']);
  });

  it('changes nothing when it is repeated, and gives other roles to other principals', async () => {
    await start({ pageSize: 1 });
    expect((await register()).code).toBe(0);
    const before = writes().length;
    const again = await register('--json');
    expect([again.code, writes().length]).toEqual([0, before]);
    expect(JSON.parse(again.out)).toMatchObject({
      tokenAudience: registered().appId,
      assigned: [],
    });

    const more = ['--role', 'Access.Decide', '--role', 'Nac.Query'];
    expect((await register('--principal', GATEWAY, ...more)).code).toBe(0);
    expect(rolesOf(GATEWAY)).toEqual(['Access.Decide', 'Nac.Query']);
    expect(entra.state.applications.size).toBe(1);
  });

  it('repairs what somebody broke, and keeps what somebody added', async () => {
    await start();
    await register();
    const { id, appRoles, api } = registered();
    const foreign = { ...APP_ROLES[0], id: STRANGER, value: 'Report.Read' };
    const [first, second, ...others] = appRoles;
    entra.state.applications.set(id, {
      ...registered(),
      identifierUris: [`api://${entra.state.tenantId}/mtd`],
      appRoles: [
        foreign as never,
        { ...first, isEnabled: false } as never,
        { ...second, value: 'Wrong', allowedMemberTypes: ['User'] } as never,
        ...others.slice(1),
      ],
      api: { ...api, requestedAccessTokenVersion: null, preAuthorizedApplications: [] },
    });
    expect((await register()).code).toBe(0);
    const mended = registered();
    expect(mended.appRoles.map(({ value }) => value).toSorted()).toEqual(
      ['Report.Read', ...APP_ROLES.map(({ value }) => value)].toSorted(),
    );
    expect(mended.appRoles.every(({ isEnabled }) => isEnabled)).toBe(true);
    expect(mended.identifierUris).toHaveLength(2);
    expect(mended.api).toEqual(api);
    expect(rolesOf(USER)).toContain('Access.Decide');
  });

  it('repairs an application that was registered by hand', async () => {
    await start();
    await register();
    const { id, appId } = registered();
    entra.state.applications.set(id, { ...registered(), uniqueName: null, appRoles: [] });
    expect((await register('--app-id', appId)).code).toBe(0);
    expect(registered().appRoles).toHaveLength(APP_ROLES.length);
    const none = await register('--app-id', STRANGER);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining(STRANGER) as string]);
  });

  it('waits until Entra has replicated the new application, and while it throttles', async () => {
    await start({ lag: 3 });
    entra.throttled.left = 2;
    const { code, err } = await register();
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('not everywhere in Entra yet') as string,
    ]);
    expect(err).toContain('answered 429');
    expect(entra.state.servicePrincipals.size).toBe(1);
  });

  it('gives roles to an application that deploys, which has to be named', async () => {
    await start();
    const unnamed = await registerAs(DEPLOYER);
    expect([unnamed.code, unnamed.err]).toEqual([
      2,
      expect.stringContaining('--principal ID') as string,
    ]);
    expect(writes()).toEqual([]);
    expect((await registerAs(DEPLOYER, '--principal', DEPLOYER)).code).toBe(0);
    expect(rolesOf(DEPLOYER)).toEqual(['Devices.ReadWrite.All', 'Access.Decide']);
  });

  it.each([
    ['nothing may be read', [], 'GET applications'],
    ['nothing may be written', ['Application.Read.All'], 'PATCH applications'],
    ['no role may be assigned', ['Application.ReadWrite.All'], 'POST servicePrincipals/'],
  ] as const)('names the request and the permissions if %s', async (_, permissions, request) => {
    await start({}, permissions);
    const { code, err } = await register();
    expect([code, err]).toEqual([1, expect.stringContaining(request) as string]);
    expect(err).toContain('Cloud Application Administrator');
    expect(err).toContain('AppRoleAssignment.ReadWrite.All');
  });

  it('says that a principal does not exist', async () => {
    await start();
    const { code, err } = await register('--principal', STRANGER);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('Not a valid reference update') as string,
    ]);
  });

  it('rejects a wrong option before it asks Entra', async () => {
    await start();
    const wrong: readonly (readonly string[])[] = [
      ['--app-id', 'mtd'],
      ['--principal', 'me@contoso.example'],
      ['--role', 'Devices.Write'],
      ['--stage', 'test'],
      ['--graph', 'http://graph.example'],
    ];
    for (const words of wrong) {
      const { code, err } = await register(...words);
      expect([words, code, err]).toEqual([
        words,
        2,
        expect.stringMatching(/--\w|`Devices\.Write`/) as string,
      ]);
    }
    expect(entra.requests).toEqual([]);
  });
});
