import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../infra/local/demo/outerClient.ts';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import {
  AUTHENTICATION_EVENTS,
  ENTRA_TIMEOUT_IN_MILLISECONDS,
  KEY_NAMED_ENTRA,
} from '../../../support/quietSettings.ts';
import { quietStack } from '../../../support/sharedStacks.ts';
import { corruptDevice } from '../../../support/corruptDevice.ts';
import { eventually } from '../../../support/eventually.ts';
import { WRONG_AUDIENCE, WRONG_TOKENS, type Signer } from '../../../support/wrongTokens.ts';

const system = quietStack();
afterEach(() => system.mend());

const newId = (): string => randomUUID();
const newUser = (): string => `${newId()}@contoso.example`;

/** Entra's tokens: from the tenant's own issuer, for this API, issued to the service, and without roles. */
const entra: Signer = {
  sign: (claims, header) => system.sign({ azp: AUTHENTICATION_EVENTS, ...claims }, header),
  async publicKey() {
    const { issuer } = system.stack.description;
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    const { jwks_uri: uri } = (await discovery.json()) as { jwks_uri: string };
    const { keys } = (await (await fetch(uri)).json()) as { keys: JWK[] };
    const [key] = keys;
    if (key === undefined) throw new TypeError('the issuer publishes no key');
    return key;
  },
};

/** The sample request of Microsoft's custom claims provider reference. */
const documented = (userPrincipalName: string): string => `{
    "type": "microsoft.graph.authenticationEvent.tokenIssuanceStart",
    "source": "/tenants/aaaabbbb-0000-cccc-1111-dddd2222eeee/applications/00001111-aaaa-2222-bbbb-3333cccc4444",
    "data": {
        "@odata.type": "microsoft.graph.onTokenIssuanceStartCalloutData",
        "tenantId": "aaaabbbb-0000-cccc-1111-dddd2222eeee",
        "authenticationEventListenerId": "11112222-bbbb-3333-cccc-4444dddd5555",
        "customAuthenticationExtensionId": "22223333-cccc-4444-dddd-5555eeee6666",
        "authenticationContext": {
            "correlationId": "aaaa0000-bb11-2222-33cc-444444dddddd",
            "client": {
                "ip": "30.51.176.110",
                "locale": "en-us",
                "market": "en-us"
            },
            "protocol": "OAUTH2.0",
            "clientServicePrincipal": {
                "id": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb",
                "appId": "00001111-aaaa-2222-bbbb-3333cccc4444",
                "appDisplayName": "My Test application",
                "displayName": "My Test application"
            },
            "resourceServicePrincipal": {
                "id": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb",
                "appId": "00001111-aaaa-2222-bbbb-3333cccc4444",
                "appDisplayName": "My Test application",
                "displayName": "My Test application"
            },
            "user": {
                "companyName": "Casey Jensen",
                "createdDateTime": "2016-03-01T15:23:40Z",
                "displayName": "Casey Jensen",
                "givenName": "Casey",
                "id": "90847c2a-e29d-4d2f-9f54-c5b4d3f26471",
                "mail": "casey@contoso.com",
                "onPremisesSamAccountName": "caseyjensen",
                "onPremisesSecurityIdentifier": "<Enter Security Identifier>",
                "onPremisesUserPrincipalName": "Casey Jensen",
                "preferredLanguage": "en-us",
                "surname": "Jensen",
                "userPrincipalName": "${userPrincipalName}",
                "userType": "Member"
            }
        }
    }
}`;

async function ask(user: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return system.client.request('POST', 'access/entra/tokenIssuanceStart', {
    body: documented(user),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await entra.sign({})}`,
      ...headers,
    },
  });
}

async function claimsFor(user: string): Promise<Readonly<Record<string, string>>> {
  const { status, body } = await ask(user);
  expect(status).toBe(200);
  const { actions } = body['data'] as { actions: { claims: Record<string, string> }[] };
  return actions[0]?.claims ?? {};
}

async function reportMalware(deviceId: string): Promise<void> {
  const data = {
    deviceId,
    incidentId: `incident of ${deviceId}`,
    category: 'application',
    threatType: 'malware',
    severity: 'high',
    detectedDateTime: new Date().toISOString(),
  };
  await system.client.sendEvents([{ type: 'sepmobile.incident.opened', data }]);
  await eventually(
    () => system.client.compliance(deviceId),
    ({ body }) => body['complianceState'] === 'noncompliant',
  );
}

describe('the custom claims provider of Entra', () => {
  it('gives the documented answer to the documented request', async () => {
    await system.enrolHealthy(newId(), { userPrincipalName: 'casey@contoso.com' });
    const response = await fetch(
      `${system.stack.description.api}/api/access/entra/tokenIssuanceStart`,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Authorization: `Bearer ${await entra.sign({})}`,
        },
        body: documented('casey@contoso.com'),
      },
    );
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json',
      '{"data":{"@odata.type":"microsoft.graph.onTokenIssuanceStartResponseData","actions":[{"@odata.type":"microsoft.graph.tokenIssuanceStart.provideClaimsForToken","claims":{"mtdWorstComplianceState":"compliant","mtdBestComplianceState":"compliant","mtdWorstThreatState":"secured","mtdBestThreatState":"secured","mtdDeviceCount":"1"}}]}}',
    ]);
  });

  it('claims the worst and the best state of a user’s devices, in any spelling of the name', async () => {
    const user = newUser();
    const [healthy, infected] = [newId(), newId()];
    await system.enrolHealthy(healthy, { userPrincipalName: user.toUpperCase() });
    await system.enrolHealthy(infected, { userPrincipalName: user });
    await system.enrolHealthy(newId(), { userPrincipalName: newUser() });
    await reportMalware(infected);
    const claims = {
      mtdWorstComplianceState: 'noncompliant',
      mtdBestComplianceState: 'compliant',
      mtdWorstThreatState: 'highSeverity',
      mtdBestThreatState: 'secured',
      mtdDeviceCount: '2',
    };
    expect(await claimsFor(user)).toEqual(claims);
    expect(await claimsFor(user.toUpperCase())).toEqual(claims);
  });

  it('claims `unknown` for a user without a device', async () => {
    expect(await claimsFor(newUser())).toEqual({
      mtdWorstComplianceState: 'unknown',
      mtdBestComplianceState: 'unknown',
      mtdWorstThreatState: 'unknown',
      mtdBestThreatState: 'unknown',
      mtdDeviceCount: '0',
    });
  });

  it('ignores a device that is no longer enrolled', async () => {
    const user = newUser();
    const id = newId();
    await system.enrolHealthy(id, { userPrincipalName: user });
    expect(await claimsFor(user)).toMatchObject({ mtdDeviceCount: '1' });
    await system.client.request('DELETE', `deviceManagement/managedDevices/${id}`, { as: 'admin' });
    expect(await claimsFor(user)).toMatchObject({
      mtdDeviceCount: '0',
      mtdBestComplianceState: 'unknown',
    });
  });

  it('counts a device with a broken record as the worst', async () => {
    const user = newUser();
    const [healthy, corrupt] = [newId(), newId()];
    for (const id of [healthy, corrupt]) await system.enrolHealthy(id, { userPrincipalName: user });
    await corruptDevice(system.stack.description.cosmos, corrupt);
    expect(await claimsFor(user)).toEqual({
      mtdWorstComplianceState: 'error',
      mtdBestComplianceState: 'compliant',
      mtdWorstThreatState: 'unknown',
      mtdBestThreatState: 'secured',
      mtdDeviceCount: '2',
    });
  });

  it('reads 100 devices of a user, and counts further ones as the worst', async () => {
    const user = newUser();
    const device = { operatingSystem: 'iOS', osVersion: '18', userPrincipalName: user };
    for (let count = 0; count < 100; count += 1) await system.client.enrol(newId(), device);
    expect(await claimsFor(user)).toMatchObject({
      mtdWorstComplianceState: 'noncompliant',
      mtdDeviceCount: '100',
    });
    await system.client.enrol(newId(), device);
    expect(await claimsFor(user)).toMatchObject({
      mtdWorstComplianceState: 'error',
      mtdDeviceCount: '100+',
    });
  });

  it('returns only strings, within Entra’s limit of 3 KB', async () => {
    const claims = Object.entries(await claimsFor(newUser()));
    expect(claims.length).toBeGreaterThan(0);
    for (const [, value] of claims) expect(typeof value).toBe('string');
    expect(Buffer.byteLength(claims.flat().join(''))).toBeLessThan(3 * 1024);
  });

  it.each([
    ['another event', { type: 'microsoft.graph.authenticationEvent.attributeCollectionStart' }],
    ['other data', { data: { '@odata.type': 'microsoft.graph.onOtpSendCalloutData' } }],
    ['a user without a name', { data: { authenticationContext: { user: { id: 'x' } } } }],
    ['an empty name', { data: { authenticationContext: { user: { userPrincipalName: '' } } } }],
  ])('returns no claims for %s', async (_, changes) => {
    const { data, ...event } = JSON.parse(documented(newUser())) as { data: object };
    const json = {
      ...event,
      ...changes,
      data: { ...data, ...(changes as { data?: object }).data },
    };
    const { status, body } = await system.client.request(
      'POST',
      'access/entra/tokenIssuanceStart',
      {
        json,
        headers: { authorization: `Bearer ${await entra.sign({})}` },
      },
    );
    expect([status, body]).toMatchObject([400, { error: { code: 'invalidRequest' } }]);
  });

  it('returns no claims while the database is down, so Entra issues no token', async () => {
    const user = newUser();
    await system.enrolHealthy(newId(), { userPrincipalName: user });
    await system.fail({ kind: 'status', status: 503, container: DEVICES_CONTAINER.id });
    const { status, body } = await ask(user);
    expect([status, body]).toMatchObject([503, { error: { code: 'serviceNotAvailable' } }]);
    expect(body['data']).toBeUndefined();
  });

  it('returns no claims if the database is slower than Entra’s timeout', async () => {
    const user = newUser();
    await system.enrolHealthy(newId(), { userPrincipalName: user });
    // Shorter than the database's own timeout, so only Entra's limit can end the request.
    await system.fail({ kind: 'delay', delayInMs: 4000, container: DEVICES_CONTAINER.id });
    const { status, body } = await ask(user);
    const message = `no answer within ${String(ENTRA_TIMEOUT_IN_MILLISECONDS)} ms`;
    expect([status, body]).toMatchObject([503, { error: { message } }]);
  });
});

describe('a caller other than Entra', () => {
  it('gets 401 without a token', async () => {
    const { status, headers } = await system.client.request(
      'POST',
      'access/entra/tokenIssuanceStart',
      { json: {} },
    );
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it.each([...WRONG_TOKENS, WRONG_AUDIENCE])('gets 401 with a token %s', async (_, make) => {
    const { status, body } = await ask(newUser(), {
      authorization: `Bearer ${await make(entra)}`,
    });
    expect([status, body['data']]).toEqual([401, undefined]);
  });

  it.each(['admin', 'caller', 'sepMobile'] as const)(
    'gets 403 whatever its roles are: %s',
    async (name) => {
      const token = await system.client.token(name);
      const { status, body } = await ask(newUser(), { authorization: `Bearer ${token}` });
      expect([status, body]).toMatchObject([403, { error: { code: 'accessDenied' } }]);
    },
  );

  it.each([
    ['no application', { azp: undefined, roles: ['Access.Decide'] }],
    ['another application', { azp: newId() }],
    [
      'another application in `azp` and Entra in `appid`',
      { azp: newId(), appid: AUTHENTICATION_EVENTS },
    ],
    ['Entra only as its subject', { azp: undefined, sub: AUTHENTICATION_EVENTS }],
  ])('gets 403 with a token that names %s', async (_, claims) => {
    const { status } = await ask(newUser(), {
      authorization: `Bearer ${await entra.sign(claims)}`,
    });
    expect(status).toBe(403);
  });

  it('gets 403 with a key, even with one named after Entra', async () => {
    expect((await ask(newUser(), { authorization: `Bearer ${KEY_NAMED_ENTRA}` })).status).toBe(403);
  });
});

it('Entra is recognised by the older claim `appid` too', async () => {
  const token = await system.sign({ appid: AUTHENTICATION_EVENTS });
  expect((await ask(newUser(), { authorization: `Bearer ${token}` })).status).toBe(200);
});

describe('the configuration of Entra in the README', () => {
  const page = readFileSync(
    new URL('../../../../infra/callers/entra/README.md', import.meta.url),
    'utf8',
  );
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text = '']) => JSON.parse(text) as Record<string, unknown>,
  );
  const fromBlocks = (name: string): unknown => blocks.find((block) => name in block)?.[name];

  it('requests and maps each claim that is returned', async () => {
    const given = Object.keys(await claimsFor(newUser()));
    const asked = fromBlocks('claimsForTokenConfiguration') as { claimIdInApiResponse: string }[];
    expect(asked.map(({ claimIdInApiResponse: id }) => id)).toEqual(given);
    const policy = fromBlocks('ClaimsMappingPolicy') as {
      ClaimsSchema: { Source: string; ID: string }[];
    };
    expect(policy.ClaimsSchema.map(({ Source, ID }) => [Source, ID])).toEqual(
      given.map((name) => ['CustomClaimsProvider', name]),
    );
  });
});
