import type { KeyObject } from 'node:crypto';
import type { KeyScope } from '../../settings/readCallerKeys.ts';

/** Verifies the tokens of one issuer. */
export interface SignedTokens<T> {
  /**
   * Returns the content of the token.
   * @throws ConnectorError `unauthenticated` if it is not valid now, `serviceNotAvailable` if the issuer's keys cannot
   * be fetched.
   */
  verify(token: string, now: Date): Promise<T>;
}

/** The application roles, from the `roles` claim of Entra's tokens. `npm run deploy -- register` registers all of them. */
export const ROLES = [
  'Devices.Read.All',
  'Devices.ReadWrite.All',
  'Access.Decide',
  'Nac.Query',
  'Telemetry.Write',
  'Configuration.Read.All',
  'Configuration.ReadWrite.All',
  'ssf.read',
  'ssf.manage',
] as const;
export type Role = (typeof ROLES)[number];

/** The caller that a token names. */
export interface Caller {
  readonly roles: readonly string[];
  /** The application that the token was issued to. */
  readonly applicationId?: string;
  /** The person or service principal, if the token names one. */
  readonly subject?: string;
  readonly userPrincipalName?: string;
  /** The name of the key that was used in place of a token. */
  readonly keyName?: string;
  /** Where the key is valid. If absent, the roles alone decide. */
  readonly scopes?: readonly KeyScope[];
}

/** Verifies a bearer token and returns its caller. */
export type TokenVerifier = SignedTokens<Caller>;

/** The request of an external evaluation rule. Cloudflare documents `nonce` and `identity.email`. */
export interface EvaluationRequest {
  /** Unique to the request; the answer must repeat it. */
  readonly nonce?: string;
  /** The user's email, as the identity provider gave it to Access. */
  readonly email?: string;
}

/** The two kinds of token that Access signs for this system. */
export interface CloudflareTokens {
  /** Added by Access to a request that it allowed: the name of the service that sent it. */
  readonly applicationTokens: SignedTokens<string>;
  readonly evaluationTokens: SignedTokens<EvaluationRequest>;
}

/** One team of Cloudflare Access, with the keys that sign the answers to its evaluations. */
export interface CloudflareAccess extends CloudflareTokens {
  /** The first key signs. During rotation the others are published too. */
  readonly evaluationKeys: readonly [KeyObject, ...KeyObject[]];
}
