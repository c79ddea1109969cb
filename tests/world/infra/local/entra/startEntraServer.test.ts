import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startEntraServer,
  type EntraServer,
} from '../../../../../infra/local/entra/startEntraServer.ts';

const ADMINISTRATOR = '00000000-0000-4000-8000-000000000001';
const GATEWAY = '00000000-0000-4000-8000-000000000002';
const ROLE = {
  id: '10000000-0000-4000-8000-000000000001',
  value: 'Access.Decide',
  displayName: 'Decide',
  description: 'Ask for decisions',
  isEnabled: true,
  allowedMemberTypes: ['User'],
};
const SCOPE = {
  id: '10000000-0000-4000-8000-000000000002',
  value: 'user_impersonation',
  type: 'User',
  isEnabled: true,
  adminConsentDisplayName: 'Use',
  adminConsentDescription: 'Use the API',
};
const APPLICATION = "applications(uniqueName='mtd')";

let entra: EntraServer;
let id: string;
let appId: string;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** `code: message` of an error. */
  readonly reason: string;
}

async function ask(method: string, path: string, body?: object, prefer?: string): Promise<Answer> {
  const response = await fetch(`${entra.address}/v1.0/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ADMINISTRATOR}`,
      'content-type': 'application/json',
      ...(prefer === undefined ? {} : { prefer }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
  const { code, message } = (json['error'] ?? {}) as {
    readonly code?: string;
    readonly message?: string;
  };
  return { status: response.status, body: json, reason: `${code ?? ''}: ${message ?? ''}` };
}

const patch = (body: object): Promise<Answer> => ask('PATCH', `applications/${id}`, body);
const refusal = async (answer: Promise<Answer>): Promise<readonly [number, string]> => {
  const { status, reason } = await answer;
  return [status, reason];
};

beforeEach(async () => {
  entra = await startEntraServer({
    pageSize: 1,
    principals: [
      {
        id: ADMINISTRATOR,
        kind: 'User',
        permissions: ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'],
      },
      { id: GATEWAY, kind: 'ServicePrincipal', permissions: [] },
    ],
  });
  const body = { displayName: 'mtd', appRoles: [ROLE], api: { oauth2PermissionScopes: [SCOPE] } };
  const made = await ask('PATCH', APPLICATION, body, 'create-if-missing');
  id = String(made.body['id']);
  appId = String(made.body['appId']);
});
afterEach(() => entra.stop());

describe('an application', () => {
  it('is made by its unique name only if the request says so', async () => {
    const other = "applications(uniqueName='other')";
    expect(await refusal(ask('PATCH', other, { displayName: 'o' }))).toEqual([
      404,
      expect.stringContaining('Request_ResourceNotFound') as string,
    ]);
    expect((await ask('PATCH', other, {}, 'create-if-missing')).reason).toContain('displayName');
    expect((await ask('PATCH', APPLICATION, { displayName: 'x' })).status).toBe(204);
    expect((await ask('GET', APPLICATION)).body).toMatchObject({ displayName: 'x', appId });
  });

  it.each([
    ['an unknown property', { colour: 'red' }, "Invalid property 'colour'"],
    ['an unknown property of the API', { api: { scopes: [] } }, "Invalid property 'scopes'"],
    [
      'the read-only origin of a role',
      { appRoles: [{ ...ROLE, origin: 'Application' }] },
      'origin',
    ],
    [
      'a role without members',
      { appRoles: [{ ...ROLE, allowedMemberTypes: [] }] },
      'allowedMemberTypes',
    ],
    [
      'a role with a space',
      { appRoles: [{ ...ROLE, value: 'Access Decide' }] },
      'invalid characters',
    ],
    ['a role without GUID', { appRoles: [{ ...ROLE, id: '1' }] }, 'not a GUID'],
    [
      'version 3 of tokens',
      { api: { requestedAccessTokenVersion: 3 } },
      'requestedAccessTokenVersion',
    ],
    [
      'two roles with one value',
      { appRoles: [ROLE, { ...ROLE, id: SCOPE.id }] },
      'duplicate value',
    ],
    ['a URI of another organisation', { identifierUris: ['api://mtd'] }, 'verified domain'],
  ])('is not changed by %s', async (_, body, reason) => {
    expect(await refusal(patch(body))).toEqual([400, expect.stringContaining(reason) as string]);
  });

  it.each([
    ['deleted', { appRoles: [] }],
    ['changed', { appRoles: [{ ...ROLE, value: 'Decide' }] }],
    ['widened', { appRoles: [{ ...ROLE, allowedMemberTypes: ['User', 'Application'] }] }],
  ])('keeps an enabled role from being %s, until it is disabled', async (_, body) => {
    const reason = expect.stringMatching(/^CannotDeleteOrUpdateEnabledEntitlement: /) as string;
    expect(await refusal(patch(body))).toEqual([400, reason]);
    expect((await patch({ appRoles: [{ ...ROLE, isEnabled: false }] })).status).toBe(204);
    expect((await patch(body)).status).toBe(204);
  });

  it('pre-authorises no application for a scope of the same request', async () => {
    const scope = { ...SCOPE, id: '10000000-0000-4000-8000-000000000003', value: 'read' };
    const preAuthorizedApplications = [{ appId: 'cli', delegatedPermissionIds: [scope.id] }];
    const oauth2PermissionScopes = [SCOPE, scope];
    const both = { api: { oauth2PermissionScopes, preAuthorizedApplications } };
    expect(await refusal(patch(both))).toEqual([
      400,
      expect.stringContaining('cannot be found in the AppPermissions sets') as string,
    ]);
    expect((await patch({ api: { oauth2PermissionScopes } })).status).toBe(204);
    expect((await patch(both)).status).toBe(204);
  });

  it('does not get the Application ID URI of another one', async () => {
    const uri = `api://${entra.state.tenantId}/mtd`;
    expect((await patch({ identifierUris: [uri, `api://${appId}`] })).status).toBe(204);
    const body = { displayName: 'other', identifierUris: [uri] };
    const other = ask('PATCH', "applications(uniqueName='other')", body, 'create-if-missing');
    expect(await refusal(other)).toEqual([
      400,
      expect.stringContaining('already exists') as string,
    ]);
  });
});

describe('a role assignment', () => {
  let resourceId: string;
  const assign = (body: object): Promise<Answer> =>
    ask('POST', `servicePrincipals/${resourceId}/appRoleAssignedTo`, {
      principalId: ADMINISTRATOR,
      resourceId,
      appRoleId: ROLE.id,
      ...body,
    });
  beforeEach(async () => {
    resourceId = String((await ask('POST', 'servicePrincipals', { appId })).body['id']);
  });

  it('needs a service principal, which an application has once', async () => {
    expect(await refusal(ask('POST', 'servicePrincipals', { appId }))).toEqual([
      409,
      expect.stringContaining('already in use') as string,
    ]);
    expect(await refusal(ask('POST', 'servicePrincipals', { appId: GATEWAY }))).toEqual([
      400,
      expect.stringContaining('does not reference a valid application object') as string,
    ]);
  });

  it('is made once, and listed in pages', async () => {
    expect((await assign({})).status).toBe(201);
    expect(await refusal(assign({}))).toEqual([
      400,
      expect.stringContaining('already exists') as string,
    ]);
    await patch({ appRoles: [ROLE, { ...ROLE, id: SCOPE.id, value: 'Nac.Query' }] });
    expect((await assign({ appRoleId: SCOPE.id })).status).toBe(201);
    const page = await ask('GET', `servicePrincipals/${resourceId}/appRoleAssignedTo`);
    expect(page.body['value']).toHaveLength(1);
    expect(page.body['@odata.nextLink']).toContain('$skiptoken=1');
  });

  it.each([
    ['an unknown role', { appRoleId: GATEWAY }, 'was not found on application'],
    [
      'a role that applications may not have',
      { principalId: GATEWAY },
      'was not found on application',
    ],
    ['an unknown principal', { principalId: ROLE.id }, 'Not a valid reference update'],
    ['an unknown property', { role: 'Access.Decide' }, "Invalid property 'role'"],
  ])('is refused for %s', async (_, body, reason) => {
    expect(await refusal(assign(body))).toEqual([400, expect.stringContaining(reason) as string]);
  });
});

it('refuses an unknown token, and names what it does not imitate', async () => {
  const response = await fetch(`${entra.address}/v1.0/me`, {
    headers: { authorization: 'Bearer x' },
  });
  expect(response.status).toBe(401);
  expect((await ask('GET', 'oauth2PermissionGrants')).reason).toContain('oauth2PermissionGrants');
  expect((await ask('GET', 'me')).body).toEqual({ id: ADMINISTRATOR });
});
