import { ConnectorError } from '../../../base/connectorError.ts';
import type {
  AskedEvaluation,
  CloudflareAccess,
  CloudflareTokens,
  SignedTokens,
} from '../../../core/ports/tokens.ts';

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
