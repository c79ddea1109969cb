import { randomUUID, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import type { LocalCaller } from '../../../infra/local/stack/secrets.ts';
import { defined } from '../../../shared/base/defined.ts';
import { ROLES, type Role } from '../../../shared/core/ports/tokens.ts';
import type { Operation } from '../../../shared/edge/openApi/operation.ts';
import { OPERATIONS, toOpenApi } from '../../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest } from '../../support/exampleRequest.ts';
import { AUTHENTICATION_EVENTS } from '../../support/quietSettings.ts';
import { quietStack } from '../../support/sharedStacks.ts';

/**
 * The operations without a bearer token. A new one fails the test until it is listed here.
 */
const NOT_BY_BEARER_TOKEN: Readonly<Record<string, readonly string[]>> = {
  /** Open to all. `remediation.test.ts` tests the ticket of `getRemediation`. */
  anonymous: [
    'consentToPartnerWebhook',
    'health',
    'getOpenApi',
    'getRemediation',
    'getCloudflareKeys',
    'getSsfConfiguration',
    'getSsfConfigurationOfPath',
    'getSsfKeys',
  ],
  /** Tested by `contract.test.ts` and `verifyWebhookSignature.test.ts`. */
  signature: ['receivePartnerWebhook'],
  /** Cloudflare's own token, in a header or the body. `cloudflare.test.ts` tests wrong ones. */
  cloudflare: ['assessCloudflarePosture', 'evaluateCloudflareAccess'],
};

const HOUR = 60 * 60;

/** `openApi.test.ts` tests that the system serves this document. */
const DOCUMENT = toOpenApi('https://mtd.example/api') as {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, object>> }>>
    >
  >;
};

const system = quietStack();
const table = OPERATIONS.filter(({ access }) => typeof access !== 'string' || access === 'entra');

beforeAll(async () => {
  await system.enrolHealthy('example-phone', {
    deviceName: 'Example phone',
    userPrincipalName: 'ada@contoso.example',
    serialNumber: 'R5CT70ABCDE',
    wiFiMacAddress: '02:00:5e:00:53:01',
  });
});

/** Sufficient claims for the operation, one set for each sufficient role. */
function rightClaims({ access }: Operation): readonly JWTPayload[] {
  if (typeof access === 'string')
    return [{ azp: AUTHENTICATION_EVENTS, appid: AUTHENTICATION_EVENTS }];
  return access.map((role) => ({ roles: [role], azp: 'table' }));
}

/** Every other role, or another application than Entra. */
function powerlessClaims({ access }: Operation): JWTPayload {
  if (typeof access === 'string') return { azp: 'table', appid: 'table', roles: ROLES };
  return { azp: 'table', roles: ROLES.filter((role) => !access.includes(role)) };
}

/** The issuer's published key. */
async function publicKey(): Promise<{ readonly kid: string; readonly pem: string }> {
  const { issuer } = system.stack.description;
  const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { jwks_uri: address } = (await discovery.json()) as { jwks_uri: string };
  const { keys } = (await (await fetch(address)).json()) as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const [key] = keys;
  if (key === undefined) throw new TypeError('the issuer has no key');
  const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  return { kid: key.kid, pem: String(pem) };
}

/** The usual claims, for tokens that the issuer does not sign. */
function unsigned(claims: JWTPayload): JWTPayload {
  const { issuer: iss, audience: aud } = system.stack.description;
  const now = Math.floor(Date.now() / 1000);
  return { iss, aud, iat: now, nbf: now, exp: now + HOUR, ...claims };
}

const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

type WrongToken = (operation: Operation, right: JWTPayload) => Promise<string | undefined> | string;

/** A token without `exp`: JSON omits `undefined`. */
const NO_EXPIRY = { exp: undefined } as unknown as JWTPayload;

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;

/** Tokens with one fault each. */
const WRONG_TOKENS: Readonly<Record<string, WrongToken>> = {
  'no token': () => Promise.resolve(undefined),
  garbage: () => 'a.b.c',
  'another’s key': () => 'a'.repeat(43),
  'never expires': (_, right) => system.sign({ ...right, ...NO_EXPIRY }),
  expired: (_, right) => system.sign({ ...right, nbf: seconds(-2 * HOUR), exp: seconds(-HOUR) }),
  'not yet valid': (_, right) =>
    system.sign({ ...right, nbf: seconds(HOUR), exp: seconds(2 * HOUR) }),
  'wrong audience': (_, right) => system.sign({ ...right, aud: 'api://another' }),
  'wrong issuer': (_, right) => system.sign({ ...right, iss: 'https://login.example/common/v2.0' }),
  // Entra signs with the same keys for every tenant; the issuer's URL contains the tenant.
  'another tenant': (_, right) => {
    const tid = '9188040d-6c67-4c5b-b112-36a304b66dad';
    return system.sign({ ...right, tid, iss: `${system.stack.description.issuer}/${tid}` });
  },
  'alg none': (_, right) => new UnsecuredJWT(unsigned(right)).encode(),
  'HS256 with the public key': async (_, right) => {
    const { kid, pem } = await publicKey();
    return new SignJWT(unsigned(right))
      .setProtectedHeader({ alg: 'HS256', kid })
      .sign(Buffer.from(pem));
  },
  'unknown key id': (_, right) =>
    new SignJWT(unsigned(right))
      .setProtectedHeader({ alg: 'RS256', kid: 'stranger' })
      .sign(STRANGER),
  'known key id, another key': async (_, right) => {
    const { kid } = await publicKey();
    return new SignJWT(unsigned(right)).setProtectedHeader({ alg: 'RS256', kid }).sign(STRANGER);
  },
};

/** Valid tokens and keys, with their roles. */
const VALID_TOKENS: Readonly<Record<string, readonly [readonly Role[], () => Promise<string>]>> = {
  'no role': [[], () => system.sign({ azp: 'table' })],
  ...Object.fromEntries(
    ROLES.map((role) => [role, [[role], () => system.sign({ azp: 'table', roles: [role] })]]),
  ),
  'a proxy’s key': [['Access.Decide'], keyOf('proxy')],
  'a NAC’s key': [['Nac.Query'], keyOf('nac')],
};

function keyOf(name: LocalCaller): () => Promise<string> {
  return () => Promise.resolve(system.stack.description.callerKeys[name]);
}

/** Insufficient credentials with the expected status: 401 if invalid, 403 if valid without the role. */
async function refusedAt(
  operation: Operation,
): Promise<readonly (readonly [string, string | undefined, number])[]> {
  const { access, path } = operation;
  const [right = {}] = rightClaims(operation);
  // Envoy always gets 403.
  const unknown = path.startsWith('/access/envoy') ? 403 : 401;
  const powerless = Object.entries(VALID_TOKENS).filter(
    ([, [roles]]) => typeof access === 'string' || !roles.some((role) => access.includes(role)),
  );
  return Promise.all([
    ...Object.entries(WRONG_TOKENS).map(
      async ([name, make]) => [name, await make(operation, right), unknown] as const,
    ),
    ...powerless.map(async ([name, [, make]]) => [name, await make(), 403] as const),
    system
      .sign(powerlessClaims(operation))
      .then((token) => ['every other role', token, 403] as const),
  ]);
}

function send(operation: Operation, token: string | undefined): Promise<Answer> {
  const { method, path, headers, body } = exampleRequest(operation);
  return system.client.request(method, path, {
    ...defined({ body }),
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });
}

/** Repeats a request of Envoy that got 403 because the machine was too busy to decide in time. */
async function sendInTime(operation: Operation, token: string): Promise<Answer> {
  for (;;) {
    const answer = await send(operation, token);
    if (answer.headers.get('x-access-reason') !== 'serviceNotAvailable') return answer;
  }
}

/** The statuses of the operation in the OpenAPI document. */
function documentedStatuses({ path, method }: Operation): readonly string[] {
  return Object.keys(DOCUMENT.paths[path]?.[method]?.responses ?? {});
}

/** Data that no rejected caller may see. */
const DATA =
  /example-phone|Example phone|ada@|R5CT70|baseline|displayName|complianceState|decision|"value"/i;

/** All changeable resources, as an administrator sees them. */
async function everything(): Promise<readonly unknown[]> {
  const paths = [
    'managedDevices',
    'deviceCompliancePolicies',
    'mobileThreatDefenseConnectors',
    'settings',
    'threatDefinitions',
    'silenceBreaker',
    'auditEvents',
  ].map((name) => `deviceManagement/${name}`);
  // Lists use up the rate of their caller, so each time another one asks.
  const token = await system.sign({
    azp: randomUUID(),
    roles: ['Devices.Read.All', 'Configuration.Read.All'],
  });
  const headers = { authorization: `Bearer ${token}` };
  return Promise.all(
    [...paths, 'identity/conditionalAccess/policies'].map(async (path) => {
      const { status, text } = await system.client.request('GET', path, { headers });
      expect(status).toBe(200);
      return [path, status, text];
    }),
  );
}

describe('every endpoint', () => {
  it('takes a bearer token, or is listed as an exception', () => {
    const others = OPERATIONS.filter((each) => !table.includes(each));
    const named = Object.entries(NOT_BY_BEARER_TOKEN).flatMap(([access, ids]) =>
      ids.map((id) => `${id}: ${access}`),
    );
    const found = others.map(({ operationId, access }) => `${operationId}: ${String(access)}`);
    expect(found.toSorted()).toEqual(named.toSorted());
    expect(table.length).toBeGreaterThan(25);
  });

  it('requires existing roles, or one caller', () => {
    for (const { operationId, access } of table) {
      if (typeof access === 'string') continue;
      expect([
        operationId,
        access.length > 0,
        access.filter((role) => !ROLES.includes(role)),
      ]).toEqual([operationId, true, []]);
    }
  });
});

describe('an endpoint that takes a token', () => {
  let before: readonly unknown[];
  beforeAll(async () => {
    before = await everything();
  });

  it.each(table.map((operation) => [operation.operationId, operation] as const))(
    'rejects each wrong token, and discloses nothing: %s',
    async (_, operation) => {
      const refused = await refusedAt(operation);
      const answers = await Promise.all(refused.map(([, token]) => send(operation, token)));
      expect(refused.map(([name], at) => [name, answers[at]?.status])).toEqual(
        refused.map(([name, , status]) => [name, status]),
      );
      for (const { status, headers, text } of answers) {
        if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^Bearer\b/);
        expect(text).not.toMatch(DATA);
        expect(documentedStatuses(operation)).toContain(String(status));
      }
    },
  );

  it('has changed nothing when it rejected a token', async () => {
    expect(await everything()).toEqual(before);
  });

  it('accepts a valid token with each sufficient role', async () => {
    // Reads come before changes, and deletions come last.
    const order = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'];
    const place = ({ path, method }: Operation): number =>
      path.startsWith('/access/') ? -1 : order.indexOf(method);
    const inOrder = table.toSorted((a, b) => place(a) - place(b));
    for (const operation of inOrder) {
      const tokens = await Promise.all([
        ...rightClaims(operation).map((claims) => system.sign(claims)),
        ...Object.values(VALID_TOKENS)
          .filter(([roles]) => roles.some((role) => operation.access.includes(role)))
          .map(([, make]) => make()),
      ]);
      for (const token of tokens) {
        const { status } = await sendInTime(operation, token);
        const isRefused = status === 401 || status === 403;
        expect([operation.operationId, isRefused]).toEqual([operation.operationId, false]);
      }
    }
  });
});

describe('an endpoint that requires a signature', () => {
  it.each(Object.keys(VALID_TOKENS))('accepts no token in its place: %s', async (name) => {
    const [, make] = VALID_TOKENS[name] ?? [];
    const [operation, ...others] = OPERATIONS.filter(({ access }) => access === 'signature');
    if (operation === undefined || make === undefined) throw new TypeError('there is none');
    expect(others).toEqual([]);
    expect((await send(operation, await make())).status).toBe(401);
  });
});
