import type { TokenCredential } from '@azure/identity';
import { decodeJwt, type JWTPayload } from 'jose';
import type { Role } from '../../shared/core/ports/tokens.ts';

/** What a command asks of the token of the API. */
export interface TokenDemand {
  /** The audience for which the token is asked: `{appId}`, or the Application ID URI. */
  readonly audience: string;
  /** The `aud` claims that the API accepts; if absent, they are not checked. */
  readonly accepted?: readonly string[];
  readonly roles: readonly Role[];
  /** For the command that mends the registration. */
  readonly stage: string;
}

/** A token of the API that the command cannot use, or none. */
export class ApiTokenError extends Error {
  readonly problems: readonly string[];
  /** Lines that say who mends it, and by which command. */
  readonly advice: readonly string[];

  constructor(problems: readonly string[], advice: readonly string[], options?: ErrorOptions) {
    super([...problems, ...advice].join('\n'), options);
    this.name = 'ApiTokenError';
    this.problems = problems;
    this.advice = advice;
  }
}

/**
 * Gets a token of the API and looks into it before anything is sent.
 * @throws ApiTokenError naming what is wrong with the registration, and the command that mends it.
 */
export async function requireApiToken(
  credential: TokenCredential,
  demand: TokenDemand,
): Promise<void> {
  const token = await fetchToken(credential, demand);
  const claims = readClaims(token);
  const problems = claims === undefined ? [] : findProblems(claims, demand);
  if (problems.length === 0) return;
  throw new ApiTokenError(problems, toAdvice(demand, claims));
}

async function fetchToken(credential: TokenCredential, demand: TokenDemand): Promise<string> {
  const scope = `${demand.audience}/.default`;
  try {
    return (await credential.getToken(scope))?.token ?? '';
  } catch (error) {
    // The SDK says `run az login` instead of AADSTS65001 (github.com/Azure/azure-sdk-for-net/issues/26894).
    const seen = `\`az account get-access-token --scope ${scope}\` shows the reason of Entra`;
    const text = `no token for \`${demand.audience}\`: ${(error as Error).message}`;
    throw new ApiTokenError([text, seen], toAdvice(demand), { cause: error });
  }
}

/** `undefined` if the token is opaque. */
function readClaims(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
function findProblems(
  { roles, ver, iss, aud }: JWTPayload,
  { roles: needed, accepted }: TokenDemand,
): readonly string[] {
  const given = new Set(Array.isArray(roles) ? roles : []);
  const isOld = ver === '1.0';
  const isForOthers =
    ver === '2.0' && accepted !== undefined && typeof aud === 'string' && !accepted.includes(aud);
  return [
    ...(isOld
      ? [`the token has version 1.0 and the issuer ${iss ?? ''}, so the API rejects it`]
      : []),
    ...(isForOthers
      ? [`the token names the audience \`${aud}\`, but tokenAudience is \`${accepted.join(' ')}\``]
      : []),
    ...needed
      .filter((role) => !given.has(role))
      .map((role) => `the token lacks the role \`${role}\``),
  ];
}

function toAdvice({ audience, stage }: TokenDemand, claims: JWTPayload = {}): readonly string[] {
  const [appId] = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/i.exec(audience) ?? [];
  const { oid } = claims;
  const words = [
    `npm run deploy -- register --stage ${stage}`,
    ...(appId === undefined ? [] : [`--app-id ${appId}`]),
    ...(typeof oid === 'string' ? [`--principal ${oid}`] : []),
  ];
  return [
    'an administrator of the applications mends it:',
    `  ${words.join(' ')}`,
    'then run `az login` again, because az keeps a token for about an hour',
  ];
}
