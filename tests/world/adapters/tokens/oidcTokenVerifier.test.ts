import { createServer } from 'node:http';

import type { JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createOidcTokenVerifier } from '../../../../shared/adapters/tokens/oidcTokenVerifier.ts';
import type { Caller } from '../../../../shared/core/ports/tokens.ts';
import { createSigner } from '../../../support/createSigner.ts';
import { listeningPort } from '../../../support/listeningPort.ts';
import { stopServer } from '../../../support/stopServer.ts';
import type { Signer } from '../../../support/wrongTokens.ts';

const AUDIENCE = 'api://connector';
const NOW = new Date('2026-01-31T12:00:00Z');
const END_IN_SECONDS = Date.parse('2100-01-01T00:00:00Z') / 1000;

interface Answer {
  readonly status: number;
  readonly document: unknown;
}

/** An issuer on loopback. Tests can change the answer to its discovery. */
const issuer = { address: '', discovery: { status: 200, document: {} as unknown } };
let signer: Signer;

const server = createServer((request, response) => {
  const reply = ({ status, document }: Answer): void => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(document));
  };
  if (request.url === '/tenant/.well-known/openid-configuration') reply(issuer.discovery);
  else if (request.url === '/keys') {
    void signer.publicKey().then((key) => reply({ status: 200, document: { keys: [key] } }));
  } else if (request.url === '/late/.well-known/openid-configuration') {
    server.emit('late');
    reply({ status: 503, document: null });
  } else reply({ status: 404, document: { error: 'not found' } });
});
const validDiscovery = (): Answer => ({
  status: 200,
  document: { jwks_uri: `${new URL(issuer.address).origin}/keys` },
});

beforeAll(async () => {
  const port = await listeningPort(server);
  issuer.address = `http://127.0.0.1:${String(port)}/tenant`;
  issuer.discovery = validDiscovery();
  signer = await createSigner({ iss: issuer.address, aud: AUDIENCE, exp: END_IN_SECONDS });
});
afterAll(() => stopServer(server));

const verify = async (claims: JWTPayload, name = issuer.address): Promise<Caller> =>
  createOidcTokenVerifier({ issuer: name, audiences: [AUDIENCE] }).verify(
    await signer.sign(claims),
    NOW,
  );

describe('the caller of a token', () => {
  it.each<[string, JWTPayload, Caller]>([
    ['no claims', {}, { roles: [] }],
    ['the application as `azp`', { azp: 'app' }, { roles: [], applicationId: 'app' }],
    ['the application as `appid`', { appid: 'app' }, { roles: [], applicationId: 'app' }],
    ['the application as `client_id`', { client_id: 'app' }, { roles: [], applicationId: 'app' }],
    [
      'three claims of the application',
      { client_id: 'c', appid: 'b', azp: 'a' },
      { roles: [], applicationId: 'a' },
    ],
    [
      'a number as the application and a second claim',
      { azp: 7, client_id: 'app' },
      { roles: [], applicationId: 'app' },
    ],
    ['the object id', { sub: 'pairwise', oid: 'object' }, { roles: [], subject: 'object' }],
    ['the subject only', { sub: 'pairwise' }, { roles: [], subject: 'pairwise' }],
    ['the user', { upn: 'ada' }, { roles: [], userPrincipalName: 'ada' }],
    [
      'the user in a version 2.0 token',
      { preferred_username: 'ada' },
      { roles: [], userPrincipalName: 'ada' },
    ],
    ['roles', { roles: ['Access.Decide', 7, 'Other'] }, { roles: ['Access.Decide', 'Other'] }],
    ['roles that are not a list', { roles: 'Access.Decide' }, { roles: [] }],
    [
      'scopes, of which only those of Shared Signals become roles',
      { scope: 'ssf.read Access.Decide ssf.manage openid' },
      { roles: ['ssf.read', 'ssf.manage'] },
    ],
    ["a scope in Entra's claim", { scp: 'ssf.read' }, { roles: ['ssf.read'] }],
    [
      'roles and scopes in both claims',
      { roles: ['Access.Decide'], scope: 'ssf.read', scp: 'ssf.manage' },
      { roles: ['Access.Decide', 'ssf.read', 'ssf.manage'] },
    ],
    ['scopes that are not text', { scope: ['ssf.read'] }, { roles: [] }],
  ])('is read from %s', async (_, claims, caller) => {
    expect(await verify(claims)).toStrictEqual(caller);
  });

  it('is rejected if the token is for another audience', async () => {
    await expect(verify({ aud: 'api://other' })).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('the discovery of an issuer', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('times out after five seconds', async () => {
    const controller = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal);
    const late = new DOMException('too late', 'TimeoutError');
    server.once('late', () => controller.abort(late));
    const name = `${new URL(issuer.address).origin}/late`;
    await expect(verify({ iss: name }, name)).rejects.toMatchObject({
      code: 'serviceNotAvailable',
      cause: late,
    });
    expect(timeout.mock.calls).toEqual([[5000]]);
  });

  it('works for a name with a trailing slash', async () => {
    const name = `${issuer.address}/`;
    expect(await verify({ iss: name, azp: 'app' }, name)).toMatchObject({ applicationId: 'app' });
    await expect(verify({ iss: issuer.address }, name)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it.each<[string, Partial<Answer>]>([
    ['another status than 200', { status: 503 }],
    ['a document without keys', { document: { issuer: 'x' } }],
    ['no document', { document: null }],
    ['a text', { document: 'jwks_uri' }],
  ])('is repeated after an answer with %s', async (_, answer) => {
    const tokens = createOidcTokenVerifier({ issuer: issuer.address, audiences: [AUDIENCE] });
    const token = await signer.sign({ azp: 'app' });
    issuer.discovery = { ...validDiscovery(), ...answer };
    const refusal = await tokens.verify(token, NOW).catch((error: unknown) => error);
    issuer.discovery = validDiscovery();
    const status = String(answer.status ?? 200);
    expect(refusal).toMatchObject({
      code: 'serviceNotAvailable',
      cause: {
        message: `issuer \`${issuer.address}\` answered its discovery request with ${status}`,
      },
    });
    expect(await tokens.verify(token, NOW)).toMatchObject({ applicationId: 'app' });
  });
});
