import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import type { Signer } from './wrongTokens.ts';
import { listenOnLoopback } from '../../infra/local/listenOnLoopback.ts';
import { stopServer } from './stopServer.ts';

/** A team of Cloudflare Access. */
export interface CloudflareTeam extends Signer {
  /** The address, in production `https://<team>.cloudflareaccess.com`. */
  readonly domain: string;
  stop(): Promise<void>;
}

const LIFETIME_IN_SECONDS = 60;

/**
 * A stand-in for a team of Cloudflare Access, which cannot run here. It publishes two keys at `/cdn-cgi/access/certs`
 * (the current and the previous one) and signs tokens with a third-party library. It has nothing else of Access.
 */
export async function startCloudflareTeam(): Promise<CloudflareTeam> {
  const current = await createKey('current');
  const previous = await createKey('previous');
  const server = createServer((request, response) => {
    if (request.url !== '/cdn-cgi/access/certs') {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ keys: [current.jwk, previous.jwk] }));
  });
  const domain = await listenOnLoopback(server);
  return {
    domain,
    sign(claims, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        iss: domain,
        iat: now,
        nbf: now,
        exp: now + LIFETIME_IN_SECONDS,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'current', typ: 'JWT', ...header })
        .sign(current.privateKey);
    },
    publicKey: () => Promise.resolve(current.jwk),
    stop: () => stopServer(server),
  };
}

async function createKey(kid: string): Promise<{
  readonly jwk: JWK;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
}> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }, privateKey };
}
