import type { Json } from '../armClient.ts';
import { isNamedElsewhere, readValue, type Missing, type Survey } from './survey.ts';

const API_VERSION = '2024-11-15';

/**
 * The account that the parameter `databaseAccount` names, if the group does not have it. The template writes an account of
 * that name whether or not it exists, so a misspelt name would make an empty one, and point the app at it.
 */
export async function findMissingDatabase(survey: Survey): Promise<readonly Missing[]> {
  const name = readValue(survey, "[parameters('databaseAccount')]");
  if (typeof name !== 'string' || name === '') return [];
  const account = await readAccount(survey, name);
  if (account === 'unknown') return [];
  return account === undefined ? [toMissing(survey, name)] : findOtherZones(survey, name, account);
}

/** Azure restores an account with or without zones, and refuses a deployment that would change that. */
function findOtherZones(survey: Survey, name: string, account: Json): readonly Missing[] {
  const asked = readValue(survey, "[parameters('databaseZoneRedundant')]");
  const { locations } = (account['properties'] ?? {}) as { readonly locations?: readonly Json[] };
  const hasZones = locations?.[0]?.['isZoneRedundant'];
  // A stage in one zone has no such parameter.
  if (typeof asked !== 'boolean' || typeof hasZones !== 'boolean' || asked === hasZones) return [];
  const what = `the account \`${name}\` ${hasZones ? 'without' : 'with'} zones, which cannot be changed`;
  return [{ what, mend: `add --parameters databaseZoneRedundant=${String(hasZones)}` }];
}

/** `unknown` if the identity may not ask, or the provider is not registered, which other checks name. */
async function readAccount(
  { run: { arm, scope } }: Survey,
  name: string,
): Promise<Json | 'unknown' | undefined> {
  const path = `${scope}/providers/Microsoft.DocumentDB/databaseAccounts/${name}?api-version=${API_VERSION}`;
  try {
    return await arm.run('GET', path);
  } catch (error) {
    if (isNamedElsewhere(error)) return 'unknown';
    throw error;
  }
}

function toMissing({ run: { scope } }: Survey, name: string): Missing {
  const [, , subscription = '', , group = ''] = scope.split('/');
  const what = `the restored database: there is no account \`${name}\` in the group \`${group}\``;
  const list = `az cosmosdb list --subscription ${subscription} --resource-group ${group} --query '[].name' lists them`;
  return { what, mend: `${list}; --parameters databaseAccount= takes the own one` };
}
