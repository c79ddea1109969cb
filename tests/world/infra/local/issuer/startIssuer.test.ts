import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIssuer } from '../../../../../infra/local/issuer/startIssuer.ts';
import type { LocalPart } from '../../../../../infra/local/runPart.ts';
import { createOidcTokenVerifier } from '../../../../../shared/adapters/tokens/oidcTokenVerifier.ts';

const audience = 'api://test';
const client = {
  clientId: 'app',
  clientSecret: 'a-secret-of-some-length',
  roles: ['Access.Decide'],
};
let issuer: LocalPart;
beforeAll(async () => {
  issuer = await startIssuer({ audience, clients: [client] });
});
afterAll(() => issuer.stop());

async function requestToken(
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, string> }> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: `${audience}/.default`,
    ...form,
  });
  const response = await fetch(`${issuer.address}/token`, { method: 'POST', body, headers });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const credentials = { client_id: client.clientId, client_secret: client.clientSecret };
const token = async (): Promise<string> =>
  (await requestToken(credentials)).body['access_token'] ?? '';

describe('the issuer', () => {
  it('issues a token with the roles of its client, signed by a published key', async () => {
    const discovery = (await (
      await fetch(`${issuer.address}/.well-known/openid-configuration`)
    ).json()) as { jwks_uri: string };
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
    const { payload } = await jwtVerify(await token(), keys, { issuer: issuer.address, audience });
    expect(payload).toMatchObject({ roles: ['Access.Decide'], azp: 'app' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  it('accepts client credentials in the header', async () => {
    const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
    expect((await requestToken({}, { authorization: `Basic ${basic}` })).status).toBe(200);
  });

  it('rejects a wrong secret and an unknown scope', async () => {
    expect(await requestToken({ ...credentials, client_secret: 'wrong' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await requestToken({ ...credentials, scope: 'api://other/.default' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });
});

describe('the verifier of its tokens', () => {
  const verify = (text: string, now: Date, changes: object = {}): Promise<unknown> =>
    createOidcTokenVerifier({ issuer: issuer.address, audiences: [audience], ...changes })
      .verify(text, now)
      .catch((error: unknown) => error);
  const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

  it('accepts a token repeatedly until it expires', async () => {
    const verifier = createOidcTokenVerifier({ issuer: issuer.address, audiences: [audience] });
    const text = await token();
    const caller = { roles: ['Access.Decide'], applicationId: 'app', subject: 'app' };
    expect(await verifier.verify(text, inSeconds(0))).toEqual(caller);
    expect(await verifier.verify(text, inSeconds(3590))).toEqual(caller);
    // The verifier rejects the cached token after its expiry.
    await expect(verifier.verify(text, inSeconds(3670))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('rejects a token for another audience, an expired one and an unsigned one', async () => {
    const text = await token();
    expect(await verify(text, inSeconds(0), { audiences: ['api://other'] })).toMatchObject({
      code: 'unauthenticated',
    });
    expect(await verify(text, inSeconds(7200))).toMatchObject({ code: 'unauthenticated' });
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${text.split('.')[1] ?? ''}.`;
    expect(await verify(unsigned, inSeconds(0))).toMatchObject({ code: 'unauthenticated' });
  });

  it('reports an unavailable service if it cannot fetch the keys', async () => {
    expect(
      await verify(await token(), inSeconds(0), { issuer: 'http://127.0.0.1:1' }),
    ).toMatchObject({ code: 'serviceNotAvailable' });
  });
});
