import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { defined } from '../../base/defined.ts';
import type { Caller, TokenVerifier } from '../../core/ports/tokens.ts';
import { createJwtVerifier } from './jwtVerifier.ts';

const DISCOVERY_TIMEOUT_IN_MILLISECONDS = 5000;

interface Options {
  /** Exactly as in the `iss` claim. Its discovery document names the keys. */
  readonly issuer: string;
  /** Any one of these in the `aud` claim. */
  readonly audiences: readonly string[];
}

/** Verifies access tokens of an OpenID Connect issuer (RFC 9068 section 4). */
export function createOidcTokenVerifier({ issuer, audiences }: Options): TokenVerifier {
  return createJwtVerifier({
    issuer,
    audiences,
    findKeys: () => discoverKeys(issuer),
    read: toCaller,
  });
}

/** Entra names the application in `azp`, or `appid` in older tokens; RFC 9068 in `client_id`. */
function toCaller(payload: JWTPayload): Caller {
  const text = (...names: readonly string[]): string | undefined =>
    names.map((name) => payload[name]).find((value) => typeof value === 'string');
  const applicationId = text('azp', 'appid', 'client_id');
  const subject = text('oid', 'sub');
  const userPrincipalName = text('upn', 'preferred_username');
  return {
    roles: [...rolesOf(payload), ...scopesOf(payload)],
    ...defined({ applicationId, subject, userPrincipalName }),
  };
}

function rolesOf({ roles }: JWTPayload): readonly string[] {
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

/** Only the scopes of the Shared Signals Framework: a scope that a person granted is no role of an application. */
function scopesOf({ scope, scp }: JWTPayload): readonly string[] {
  const words = [scope, scp]
    .filter((each) => typeof each === 'string')
    .join(' ')
    .split(' ');
  return words.filter((word) => word === 'ssf.read' || word === 'ssf.manage');
}

/** OpenID Connect Discovery 1.0 section 4. */
async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_IN_MILLISECONDS),
  });
  const document: unknown = response.ok ? await response.json() : undefined;
  if (typeof document === 'object' && document !== null && 'jwks_uri' in document) {
    return createRemoteJWKSet(new URL(String(document.jwks_uri)));
  }
  throw new TypeError(
    `issuer \`${issuer}\` answered its discovery request with ${String(response.status)}`,
  );
}
