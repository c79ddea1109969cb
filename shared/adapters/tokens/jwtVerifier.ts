import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { BoundedMap } from '../../base/boundedMap.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import type { SignedTokens } from '../../core/ports/tokens.ts';

const MAX_CACHED_TOKENS = 1000;
const CLOCK_TOLERANCE_IN_SECONDS = 60;

interface CachedToken<T> {
  readonly value: T;
  readonly expiresAtInSeconds: number;
}

/** Which tokens are accepted, and what is read from them. */
export interface JwtVerifierOptions<T> {
  /** Exactly as in the `iss` claim. */
  readonly issuer: string;
  /** Any one of these in the `aud` claim. Absent if the issuer does not document its audience. */
  readonly audiences?: readonly string[];
  /** Finds the issuer's keys. Called again after a failure. */
  readonly findKeys: () => Promise<JWTVerifyGetKey>;
  readonly read: (claims: JWTPayload) => T;
}

/**
 * Verifies signed tokens: signature, issuer, audience and time (RFC 7519 section 7.2, RFC 8725). Only RS256, so no
 * token chooses its own algorithm. Caches at most 1,000 verified tokens by their hash, and checks the expiry at every
 * use.
 */
export function createJwtVerifier<T>(options: JwtVerifierOptions<T>): SignedTokens<T> {
  const { issuer, audiences, findKeys, read } = options;
  const cache = new BoundedMap<string, CachedToken<T>>(MAX_CACHED_TOKENS);
  let keys: Promise<JWTVerifyGetKey> | undefined;

  const getKeys = async (): Promise<JWTVerifyGetKey> => {
    keys ??= findKeys();
    try {
      return await keys;
    } catch (error) {
      keys = undefined;
      throw error;
    }
  };

  const verifyAnew = async (token: string, now: Date): Promise<CachedToken<T>> => {
    const { payload } = await jwtVerify(token, await getKeys(), {
      issuer,
      ...defined({ audience: audiences && [...audiences] }),
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_IN_SECONDS,
      currentDate: now,
    });
    return { value: read(payload), expiresAtInSeconds: payload.exp ?? 0 };
  };

  return {
    async verify(token, now) {
      const key = createHash('sha256').update(token).digest('base64');
      const known = cache.get(key);
      if (known !== undefined && isCurrent(known, now)) return known.value;
      cache.delete(key);
      const verified = await verifyAnew(token, now).catch(toConnectorError);
      cache.set(key, verified);
      return verified.value;
    },
  };
}

function isCurrent({ expiresAtInSeconds }: CachedToken<unknown>, now: Date): boolean {
  return expiresAtInSeconds + CLOCK_TOLERANCE_IN_SECONDS > now.getTime() / 1000;
}

/** An invalid token is the caller's fault. Missing keys are transient. */
function toConnectorError(error: unknown): never {
  const isTokenFault =
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC';
  if (isTokenFault) {
    throw new ConnectorError('unauthenticated', 'the bearer token is not valid', { cause: error });
  }
  throw new ConnectorError('serviceNotAvailable', "the issuer's keys cannot be fetched", {
    cause: error,
  });
}
