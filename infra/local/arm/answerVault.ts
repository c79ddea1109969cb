import { isDataAllowed } from './access.ts';
import { toErrorReply, type ArmReply } from './armReply.ts';
import { GROUP, type RoutedRequest, type Route } from './armRequest.ts';
import type { ArmState } from './armState.ts';
import { propertiesOf } from './rules/making.ts';
import type { StoredResource } from './template.ts';

const VAULT = 'Microsoft.KeyVault/vaults';
const SECRET = `${GROUP}/providers/Microsoft\\.KeyVault/vaults/(?<name>[^/]+)/secrets/(?<part>[^/]+)`;

/**
 * Secrets through Azure Resource Manager, which no network rule of the vault keeps out
 * (learn.microsoft.com/rest/api/keyvault/keyvault/secrets/create-or-update; MicrosoftDocs/azure-docs#68668).
 */
export const VAULT_ROUTES: readonly Route[] = [
  {
    path: SECRET,
    action: { GET: `${VAULT}/secrets/read`, PUT: `${VAULT}/secrets/write` },
    answer: answerSecret,
  },
];

function answerSecret({ method, state, name, part, body }: RoutedRequest): ArmReply {
  if (findVault(state, name) === undefined) {
    const message = `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`;
    return toErrorReply(404, 'ParentResourceNotFound', message);
  }
  if (method === 'PUT') {
    const { properties } = body as { readonly properties: { readonly value: string } };
    state.secrets.set(part, properties.value);
  }
  if (!state.secrets.has(part))
    return toErrorReply(404, 'SecretNotFound', `A secret with the name ${part} was not found.`);
  // The value is never returned (learn.microsoft.com/rest/api/keyvault/keyvault/secrets/get).
  return { status: 200, body: { name: part, properties: { attributes: { enabled: true } } } };
}

/** The vault itself, below `/secrets`. */
export function answerVaultData(path: string, state: ArmState): ArmReply {
  const vault = findVault(state);
  const isClosed = vault !== undefined && propertiesOf(vault)['publicNetworkAccess'] === 'Disabled';
  if (isClosed)
    return toVaultRefusal(
      'Public network access is disabled and request is not from a trusted service nor via an approved private link.',
      'ForbiddenByConnection',
    );
  const [, , name = '', part] = path.split('/');
  const action = part === 'versions' ? 'readMetadata' : 'getSecret';
  const scope = vault?.id ?? '';
  if (!isDataAllowed(state.assignments, `${VAULT}/secrets/${action}/action`, scope))
    return toVaultRefusal(
      'Caller is not authorized to perform action on resource.',
      'ForbiddenByRbac',
    );
  const value = state.secrets.get(name);
  if (part === 'versions')
    return { status: 200, body: { value: value === undefined ? [] : [{ id: name }] } };
  return value === undefined ? { status: 404, body: {} } : { status: 200, body: { value } };
}

/** Both refusals are 403 (microsoft/multimodal-ai#171 has the first one verbatim). */
function toVaultRefusal(message: string, code: string): ArmReply {
  return { status: 403, body: { error: { code: 'Forbidden', message, innererror: { code } } } };
}

function findVault({ resources }: ArmState, name?: string): StoredResource | undefined {
  return [...resources.values()].find(
    (each) => each.type === VAULT && (name === undefined || each.name === name),
  );
}
