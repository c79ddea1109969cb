import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import type { LocalCaller } from '../../../infra/local/stack/secrets.ts';
import type { Role } from '../../../shared/core/ports/tokens.ts';
import type { Operation } from '../../../shared/edge/openApi/operation.ts';
import { OPERATIONS, toOpenApi } from '../../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest } from '../../support/exampleRequest.ts';
import { ownStack } from '../../support/ownStack.ts';

/**
 * What is not in the table, by name: a new endpoint that takes no bearer token fails the test until somebody has
 * decided that it may.
 */
const NOT_BY_BEARER_TOKEN: Readonly<Record<string, readonly string[]>> = {
  /** Open to all; the ticket of `getRemediation` has `remediation.test.ts`. */
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
  /** `contract.test.ts` and `verifyWebhookSignature.test.ts`. */
  signature: ['receivePartnerWebhook'],
  /** A token in a header or a body of Cloudflare's own: `callers/cloudflare.test.ts` has each that is wrong. */
  cloudflare: ['assessCloudflarePosture', 'evaluateCloudflareAccess'],
};

/** Microsoft's own application, which calls custom claims providers. */
const ENTRA = '99045fe1-7639-4a75-9d4a-577b6ca3810f';
const ROLES: readonly Role[] = [
  'Devices.Read.All',
  'Devices.ReadWrite.All',
  'Access.Decide',
  'Telemetry.Write',
  'Configuration.Read.All',
  'Configuration.ReadWrite.All',
  'ssf.read',
  'ssf.manage',
];
const HOUR = 60 * 60;

/** As programs read it; `openApi.test.ts` has it served as it is here. */
const DOCUMENT = toOpenApi('https://mtd.example/api') as {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, object>> }>>
    >
  >;
};

const own = ownStack();
const table = OPERATIONS.filter(({ access }) => typeof access !== 'string' || access === 'entra');

beforeAll(async () => {
  await own.enrolWell('example-phone', {
    deviceName: 'Example phone',
    userPrincipalName: 'ada@contoso.example',
    serialNumber: 'R5CT70ABCDE',
    wiFiMacAddress: '02:00:5e:00:53:01',
  });
});

/** Claims that let their bearer do what the operation does, one set a role that does. */
function rightClaims({ access }: Operation): readonly JWTPayload[] {
  if (typeof access === 'string') return [{ azp: ENTRA, appid: ENTRA }];
  return access.map((role) => ({ roles: [role], azp: 'table' }));
}

/** Every other role there is, or another application than Entra's. */
function powerlessClaims({ access }: Operation): JWTPayload {
  if (typeof access === 'string') return { azp: 'table', appid: 'table', roles: ROLES };
  return { azp: 'table', roles: ROLES.filter((role) => !access.includes(role)) };
}

/** The public key of the issuer, as anybody can have it. */
async function publicKey(): Promise<{ readonly kid: string; readonly pem: string }> {
  const { issuer } = own.stack.description;
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

/** The usual claims of a token, for those that the issuer has not signed. */
function unsigned(claims: JWTPayload): JWTPayload {
  const { issuer: iss, audience: aud } = own.stack.description;
  const now = Math.floor(Date.now() / 1000);
  return { iss, aud, iat: now, nbf: now, exp: now + HOUR, ...claims };
}

const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

type WrongToken = (operation: Operation, right: JWTPayload) => Promise<string | undefined> | string;

/** JSON leaves out what is `undefined`, and so does a token. */
const NO_END = { exp: undefined } as unknown as JWTPayload;

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;

/** How a token can be wrong. */
const WRONG_TOKENS: Readonly<Record<string, WrongToken>> = {
  'no token': () => Promise.resolve(undefined),
  garbage: () => 'a.b.c',
  'another’s key': () => 'a'.repeat(43),
  'never ends': (_, right) => own.sign({ ...right, ...NO_END }),
  expired: (_, right) => own.sign({ ...right, nbf: seconds(-2 * HOUR), exp: seconds(-HOUR) }),
  'not yet valid': (_, right) => own.sign({ ...right, nbf: seconds(HOUR), exp: seconds(2 * HOUR) }),
  'wrong audience': (_, right) => own.sign({ ...right, aud: 'api://another' }),
  'wrong issuer': (_, right) => own.sign({ ...right, iss: 'https://login.example/common/v2.0' }),
  // Entra signs for every tenant with the same keys: the issuer's name holds the tenant.
  'another tenant': (_, right) => {
    const tid = '9188040d-6c67-4c5b-b112-36a304b66dad';
    return own.sign({ ...right, tid, iss: `${own.stack.description.issuer}/${tid}` });
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

/** Tokens and keys that are good, and what each may do. */
const GOOD_TOKENS: Readonly<Record<string, readonly [readonly Role[], () => Promise<string>]>> = {
  'no role': [[], () => own.sign({ azp: 'table' })],
  ...Object.fromEntries(
    ROLES.map((role) => [role, [[role], () => own.sign({ azp: 'table', roles: [role] })]]),
  ),
  'a proxy’s key': [['Access.Decide'], keyOf('proxy')],
  'a NAC’s key': [['Devices.Read.All'], keyOf('nac')],
};

function keyOf(name: LocalCaller): () => Promise<string> {
  return () => Promise.resolve(own.stack.description.callerKeys[name]);
}

/** Each is a credential with the status that refuses it: 401, or 403 where it is good and not enough. */
async function refusedAt(
  operation: Operation,
): Promise<readonly (readonly [string, string | undefined, number])[]> {
  const { access, path } = operation;
  const [right = {}] = rightClaims(operation);
  // Envoy takes every status but 200 for its answer, and is given 403.
  const unknown = path.startsWith('/access/envoy') ? 403 : 401;
  const powerless = Object.entries(GOOD_TOKENS).filter(
    ([, [roles]]) => typeof access === 'string' || !roles.some((role) => access.includes(role)),
  );
  return Promise.all([
    ...Object.entries(WRONG_TOKENS).map(
      async ([name, make]) => [name, await make(operation, right), unknown] as const,
    ),
    ...powerless.map(async ([name, [, make]]) => [name, await make(), 403] as const),
    own.sign(powerlessClaims(operation)).then((token) => ['every other role', token, 403] as const),
  ]);
}

function send(operation: Operation, token: string | undefined): Promise<Answer> {
  const { method, path, headers, body } = exampleRequest(operation);
  return own.client.request(method, path, {
    ...(body === undefined ? {} : { body }),
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });
}

/** Envoy is told no where the machine is too busy to decide in time: that says nothing about the token. */
async function sendInTime(operation: Operation, token: string): Promise<Answer> {
  for (;;) {
    const answer = await send(operation, token);
    if (answer.headers.get('x-access-reason') !== 'serviceNotAvailable') return answer;
  }
}

/** The statuses that the OpenAPI document has for the operation. */
function documentedStatuses({ path, method }: Operation): readonly string[] {
  return Object.keys(DOCUMENT.paths[path]?.[method]?.responses ?? {});
}

/** What stands in an answer that was meant for somebody else. */
const DATA =
  /example-phone|Example phone|ada@|R5CT70|baseline|displayName|complianceState|decision|"value"/i;

/** Everything that can be changed, as an administrator sees it. */
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
  return Promise.all(
    [...paths, 'identity/conditionalAccess/policies'].map(async (path) => {
      const { status, text } = await own.client.request('GET', path, { as: 'admin' });
      return [path, status, text];
    }),
  );
}

describe('every endpoint', () => {
  it('is in the table, or named as one that is not', () => {
    const others = OPERATIONS.filter((each) => !table.includes(each));
    const named = Object.entries(NOT_BY_BEARER_TOKEN).flatMap(([access, ids]) =>
      ids.map((id) => `${id}: ${access}`),
    );
    const found = others.map(({ operationId, access }) => `${operationId}: ${String(access)}`);
    expect(found.toSorted()).toEqual(named.toSorted());
    expect(table.length).toBeGreaterThan(25);
  });

  it('asks for a role that exists, or for one caller alone', () => {
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
  it.each(table.map((operation) => [operation.operationId, operation] as const))(
    'refuses each that is wrong, and tells and does nothing: %s',
    async (_, operation) => {
      const before = await everything();
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
      expect(await everything()).toEqual(before);
    },
  );

  it('lets in whoever shows one that is right, by each role that is enough', async () => {
    // What changes comes after what is asked, and what deletes comes last.
    const order = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'];
    const place = ({ path, method }: Operation): number =>
      path.startsWith('/access/') ? -1 : order.indexOf(method);
    const inOrder = table.toSorted((a, b) => place(a) - place(b));
    for (const operation of inOrder) {
      const tokens = await Promise.all([
        ...rightClaims(operation).map((claims) => own.sign(claims)),
        ...Object.values(GOOD_TOKENS)
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

describe('an endpoint that takes a signature alone', () => {
  it.each(Object.keys(GOOD_TOKENS))('takes no token for it: %s', async (name) => {
    const [, make] = GOOD_TOKENS[name] ?? [];
    const [operation, ...others] = OPERATIONS.filter(({ access }) => access === 'signature');
    if (operation === undefined || make === undefined) throw new TypeError('there is none');
    expect(others).toEqual([]);
    expect((await send(operation, await make())).status).toBe(401);
  });
});
