import { asJsonObject } from '../../../shared/base/jsonObject.ts';

/** An app setting that refers to a secret (learn.microsoft.com/rest/api/appservice, `ResolveStatus`). */
export interface VaultReference {
  readonly secretName: string;
  readonly status: 'Initialized' | 'Resolved' | 'SecretNotFound' | 'AccessToKeyVaultDenied';
  readonly details?: string;
}

/** A Function App. */
export interface App {
  settings: ReadonlyMap<string, string>;
  /** By app setting. */
  references: ReadonlyMap<string, VaultReference>;
  /** Whether a refresh was asked for that has no result yet. */
  isRefreshing: boolean;
  /** What the deployment endpoint answers to the next requests, before it works. */
  readonly firstKuduAnswers: number[];
}

/** What the app's identity finds in the vault. */
export interface VaultAccess {
  readonly secrets: ReadonlyMap<string, string>;
  readonly isRefused: boolean;
}

/**
 * A new app's deployment endpoint answers in any of these ways for minutes (Azure/functions-action#390;
 * Azure-Samples/azure-functions-flex-consumption-samples#41).
 */
const FIRST_KUDU_ANSWERS = [503, 404, 401, 403];

/**
 * The app after a PUT of its site. Its settings are those of the request, and no others. References are resolved when the
 * settings change, and keep what was found until somebody refreshes them (Azure/azure-functions-host#8269 and #11188).
 */
export function putApp(known: App | undefined, site: object, vault: VaultAccess): App {
  const settings = readSettings(site);
  const isSame = known !== undefined && isSameMap(known.settings, settings);
  return {
    settings,
    references: isSame ? known.references : resolveReferences(settings, vault),
    isRefreshing: false,
    firstKuduAnswers: known?.firstKuduAnswers ?? [...FIRST_KUDU_ANSWERS],
  };
}

/** The references of these settings, as the vault answers now. */
export function resolveReferences(
  settings: ReadonlyMap<string, string>,
  { secrets, isRefused }: VaultAccess,
): ReadonlyMap<string, VaultReference> {
  const found = [...settings].flatMap(([setting, value]) => {
    const [, secretName] =
      /^@Microsoft\.KeyVault\(SecretUri=.*\/secrets\/([^/)]+)/.exec(value) ?? [];
    return secretName === undefined ? [] : [[setting, secretName] as const];
  });
  return new Map(
    found.map(([setting, secretName]): [string, VaultReference] => {
      if (isRefused) {
        const details = 'The managed identity has no access to the key vault.';
        return [setting, { secretName, status: 'AccessToKeyVaultDenied', details }];
      }
      if (secrets.has(secretName)) return [setting, { secretName, status: 'Resolved' }];
      const details = `A secret with the name ${secretName} was not found in this key vault.`;
      return [setting, { secretName, status: 'SecretNotFound', details }];
    }),
  );
}

function readSettings(site: object): ReadonlyMap<string, string> {
  const properties = asJsonObject((site as { readonly properties?: unknown }).properties);
  const siteConfig = asJsonObject(properties?.['siteConfig']);
  const settings = (siteConfig?.['appSettings'] ?? []) as readonly {
    readonly name: string;
    readonly value: string;
  }[];
  return new Map(settings.map(({ name, value }) => [name, value]));
}

function isSameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}
