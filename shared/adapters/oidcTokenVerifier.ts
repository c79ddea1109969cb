import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { ConnectorError } from '../connectorError.ts';
import type { Caller, TokenVerifier } from '../http/requireRole.ts';

const MAX_CACHED_TOKENS = 1000;
const CLOCK_TOLERANCE_IN_SECONDS = 60;
const DISCOVERY_TIMEOUT_IN_MILLISECONDS = 5000;

interface CachedToken {
  readonly caller: Caller;
  readonly expiresAtInSeconds: number;
}

interface Options {
  /** As it stands in the `iss` claim; its discovery document names the keys. */
  readonly issuer: string;
  /** Any one of these in the `aud` claim. */
  readonly audiences: readonly string[];
}

/**
 * Verifies access tokens against an OpenID Connect issuer: signature, issuer, audience and time (RFC 9068 section 4).
 * A verified token is remembered by its hash, at most 1,000 of them; its end is checked again each time.
 */
export function createOidcTokenVerifier({ issuer, audiences }: Options): TokenVerifier {
  const cache = new Map<string, CachedToken>();
  let keys: Promise<JWTVerifyGetKey> | undefined;

  const getKeys = async (): Promise<JWTVerifyGetKey> => {
    keys ??= discoverKeys(issuer);
    try {
      return await keys;
    } catch (error) {
      keys = undefined;
      throw error;
    }
  };

  const verifyAnew = async (token: string, now: Date): Promise<CachedToken> => {
    const { payload } = await jwtVerify(token, await getKeys(), {
      issuer,
      audience: [...audiences],
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_IN_SECONDS,
      currentDate: now,
    });
    return { caller: toCaller(payload), expiresAtInSeconds: payload.exp ?? 0 };
  };

  return {
    async verify(token, now) {
      const key = createHash('sha256').update(token).digest('base64');
      const known = cache.get(key);
      if (known !== undefined && isCurrent(known, now)) return known.caller;
      cache.delete(key);
      const verified = await verifyAnew(token, now).catch(toConnectorError);
      if (cache.size >= MAX_CACHED_TOKENS) dropOldest(cache);
      cache.set(key, verified);
      return verified.caller;
    },
  };
}

function isCurrent({ expiresAtInSeconds }: CachedToken, now: Date): boolean {
  return expiresAtInSeconds + CLOCK_TOLERANCE_IN_SECONDS > now.getTime() / 1000;
}

function dropOldest(cache: Map<string, CachedToken>): void {
  const oldest = cache.keys().next();
  if (!oldest.done) cache.delete(oldest.value);
}

/** Entra's names for the application are `azp` and, in older tokens, `appid`; RFC 9068 says `client_id`. */
function toCaller(payload: JWTPayload): Caller {
  const text = (...names: readonly string[]): string | undefined =>
    names.map((name) => payload[name]).find((value) => typeof value === 'string');
  const applicationId = text('azp', 'appid', 'client_id');
  const subject = text('oid', 'sub');
  const userPrincipalName = text('upn', 'preferred_username');
  return {
    roles: Array.isArray(payload['roles']) ? payload['roles'].map(String) : [],
    ...(applicationId === undefined ? {} : { applicationId }),
    ...(subject === undefined ? {} : { subject }),
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
  };
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
    `issuer \`${issuer}\` answered its discovery with ${String(response.status)}`,
  );
}

/** A token that is wrong is the caller's fault; keys that cannot be had are nobody's, and may come back. */
function toConnectorError(error: unknown): never {
  const isTokenFault =
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC';
  if (isTokenFault) {
    throw new ConnectorError('unauthenticated', 'the bearer token is not valid', { cause: error });
  }
  throw new ConnectorError('serviceNotAvailable', "the issuer's keys cannot be read", {
    cause: error,
  });
}
