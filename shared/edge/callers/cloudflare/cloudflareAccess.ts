import type { KeyObject } from 'node:crypto';
import { ConnectorError } from '../../../base/connectorError.ts';
import type { SignedTokens } from '../../../core/ports/ports.ts';

/** What an external evaluation rule asks, as far as it is read; documented are `nonce` and `identity.email`. */
export interface AskedEvaluation {
  /** Unique to the request; the answer has to repeat it. */
  readonly nonce?: string;
  /** The user's, as the identity provider gave it to Access. */
  readonly email?: string;
}

/** The two kinds of tokens that Access signs for us. */
export interface CloudflareTokens {
  /** What Access adds to a request that it let through: the service that sent it. */
  readonly applicationTokens: SignedTokens<string>;
  readonly evaluationTokens: SignedTokens<AskedEvaluation>;
}

/** One team of Cloudflare Access, and what its evaluations are answered with. */
export interface CloudflareAccess extends CloudflareTokens {
  /** The first signs; the others are published beside it while one replaces the other. */
  readonly evaluationKeys: readonly [KeyObject, ...KeyObject[]];
}

/** @throws ConnectorError `itemNotFound` where no team is configured: nobody is let in by a door that is not there. */
export function requireCloudflare({
  cloudflare,
}: {
  readonly cloudflare: CloudflareAccess | undefined;
}): CloudflareAccess {
  if (cloudflare !== undefined) return cloudflare;
  throw new ConnectorError(
    'itemNotFound',
    'Cloudflare Access is not configured: setting `CLOUDFLARE_TEAM_DOMAIN` is not set',
  );
}

/**
 * What the token says, if Access signed it and it holds now.
 * @throws ConnectorError `accessDenied` where it does not: Cloudflare's own APIs of this kind answer 403, and no scheme
 * is there to name in a 401.
 */
export async function requireCloudflareToken<T>(
  tokens: SignedTokens<T>,
  token: string | null,
  now: Date,
): Promise<T> {
  if (token === null || token === '')
    throw new ConnectorError('accessDenied', 'a token of Cloudflare Access is required');
  try {
    return await tokens.verify(token, now);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'unauthenticated') throw error;
    throw new ConnectorError('accessDenied', 'the token is not one of Cloudflare Access', {
      cause: error.cause,
    });
  }
}

/** What an external evaluation asks. @throws ConnectorError `accessDenied` where it is none, though Access signed it. */
export async function requireCloudflareEvaluation(
  { evaluationTokens }: CloudflareTokens,
  token: string,
  now: Date,
): Promise<AskedEvaluation & { readonly nonce: string }> {
  const { nonce, ...asked } = await requireCloudflareToken(evaluationTokens, token, now);
  if (nonce !== undefined) return { ...asked, nonce };
  throw new ConnectorError('accessDenied', 'the token has no nonce, so it asks for no evaluation');
}
