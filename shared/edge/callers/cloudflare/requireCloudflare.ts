import { ConnectorError } from '../../../base/connectorError.ts';
import type {
  EvaluationRequest,
  CloudflareAccess,
  CloudflareTokens,
  SignedTokens,
} from '../../../core/ports/tokens.ts';

/** The settings of Cloudflare Access. @throws ConnectorError `itemNotFound` if no team is configured. */
export function requireCloudflare({
  cloudflare,
}: {
  readonly cloudflare: CloudflareAccess | undefined;
}): CloudflareAccess {
  if (cloudflare !== undefined) return cloudflare;
  throw new ConnectorError(
    'itemNotFound',
    'Cloudflare Access is not configured: the setting `CLOUDFLARE_TEAM_DOMAIN` is missing',
  );
}

/**
 * The claims of a token that Cloudflare Access signed and that is valid now.
 * @throws ConnectorError `accessDenied` for any other token. Cloudflare's own APIs of this kind reply 403, and a 401
 * would need a scheme to name.
 */
export async function requireCloudflareToken<T>(
  tokens: SignedTokens<T>,
  token: string | null,
  now: Date,
): Promise<T> {
  if (token === null || token === '')
    throw new ConnectorError('accessDenied', 'a token from Cloudflare Access is required');
  try {
    return await tokens.verify(token, now);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'unauthenticated') throw error;
    throw new ConnectorError(
      'accessDenied',
      'the token is not a valid token from Cloudflare Access',
      {
        cause: error.cause,
      },
    );
  }
}

/**
 * The request in an external evaluation's token.
 * @throws ConnectorError `accessDenied`, also for other tokens of Access.
 */
export async function requireCloudflareEvaluation(
  { evaluationTokens }: CloudflareTokens,
  token: string,
  now: Date,
): Promise<EvaluationRequest & { readonly nonce: string }> {
  const { nonce, ...asked } = await requireCloudflareToken(evaluationTokens, token, now);
  if (nonce !== undefined) return { ...asked, nonce };
  throw new ConnectorError(
    'accessDenied',
    'the token has no nonce, so it is not for an external evaluation',
  );
}
