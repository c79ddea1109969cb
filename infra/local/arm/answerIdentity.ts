import type { ArmReply } from './armReply.ts';
import type { ArmState } from './armState.ts';

export const AZURE_TOKEN = 'of-azure';
export const VAULT_TOKEN = 'of-the-vault';

/** Makes the token of an API, with these roles. */
export type TokenFor = (resource: string, roles: readonly string[]) => Promise<string>;

/** The identity endpoint of App Service. `asked` has the resources that somebody has asked for before. */
export async function answerIdentity(
  url: URL,
  state: ArmState,
  { asked, tokenFor }: { readonly asked: Set<string>; readonly tokenFor: TokenFor },
): Promise<ArmReply> {
  const resource = url.searchParams.get('resource') ?? '';
  // GitHub's assertion lives for five minutes, and only a token that is kept needs none (Azure/login#180 and #372).
  const isExpired = state.faults.assertionExpires && state.stackWrites > 0 && !asked.has(resource);
  if (isExpired)
    return toRefusal('AADSTS700024: Client assertion is not within its valid time range.');
  asked.add(resource);
  const known: Readonly<Record<string, string>> = {
    'https://management.azure.com': AZURE_TOKEN,
    'https://vault.azure.net': VAULT_TOKEN,
  };
  if (known[resource] === undefined && state.apiRoles === undefined)
    return toRefusal(
      'AADSTS65001: The user or administrator has not consented to use the application.',
    );
  return {
    status: 200,
    body: {
      access_token: known[resource] ?? (await tokenFor(resource, state.apiRoles ?? [])),
      expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      resource,
      token_type: 'Bearer',
    },
  };
}

function toRefusal(description: string): ArmReply {
  return { status: 400, body: { error: 'invalid_request', error_description: description } };
}
