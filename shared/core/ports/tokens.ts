import type { KeyObject } from 'node:crypto';

/** Tokens of one issuer. */
export interface SignedTokens<T> {
  /**
   * What the token says.
   * @throws ConnectorError `unauthenticated` where it is not valid now, `serviceNotAvailable` where the issuer's keys
   * cannot be had.
   */
  verify(token: string, now: Date): Promise<T>;
}

/** The application roles; Entra puts them into the `roles` claim. */
export type Role =
  | 'Devices.Read.All'
  | 'Devices.ReadWrite.All'
  | 'Access.Decide'
  | 'Telemetry.Write'
  | 'Configuration.Read.All'
  | 'Configuration.ReadWrite.All'
  | 'ssf.read'
  | 'ssf.manage';

/** Who calls, as the token says. */
export interface Caller {
  readonly roles: readonly string[];
  /** The application that the token was issued to. */
  readonly applicationId?: string;
  /** The person or service principal, where the token names one. */
  readonly subject?: string;
  readonly userPrincipalName?: string;
  /** The name of the key that was shown in place of a token. */
  readonly keyName?: string;
}

/** Verifies a bearer token and returns its caller. */
export type TokenVerifier = SignedTokens<Caller>;

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
