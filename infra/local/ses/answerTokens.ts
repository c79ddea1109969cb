import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SesError } from './sesError.ts';

/** The access tokens of one server. */
export interface SesTokens {
  /** The answer to a token request. @throws SesError */
  issue(request: IncomingMessage): object;
  isValid(authorization: string | undefined): boolean;
  /** Expires every token that was issued. */
  expire(): void;
}

/** Issues tokens for one credential, which stands behind `Bearer`; the request has a form's type and no body. */
export function createSesTokens(
  credential: () => string,
  lifetimeInSeconds: number,
  clock: () => number,
): SesTokens {
  const validUntil = new Map<string, number>();
  return {
    issue({ headers }) {
      if (headers['content-type'] !== 'application/x-www-form-urlencoded')
        throw new SesError(415, 'The content type must be application/x-www-form-urlencoded.');
      if (headers.authorization !== `Bearer ${credential()}`)
        throw new SesError(401, 'The credential is not valid.');
      const token = randomUUID();
      validUntil.set(token, clock() + lifetimeInSeconds * 1000);
      return { access_token: token, token_type: 'Bearer', expires_in: lifetimeInSeconds };
    },
    isValid: (authorization = '') =>
      (validUntil.get(authorization.replace(/^Bearer /, '')) ?? 0) > clock(),
    expire: () => validUntil.clear(),
  };
}
