import { openKeyVaultSecret } from '../../cli/keyVaultSecret.ts';
import type { Survey } from '../preflight/survey.ts';
import { findManaged } from '../stack/deploymentStack.ts';
import { openVault } from './vaultSecrets.ts';

const ROTATION = 'infra/ops/README.md#rotate-keys';
/** What happens without the old key, where callers cannot just ask again. */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  'message-keys': ', so the messages that wait become dead letters',
};

/**
 * One line for each secret of `--secret` that replaces another value in the vault. A value can be read only with a role
 * for the vault's data and from a network that reaches it; else the line says that the values may differ.
 */
export async function findReplacedSecrets(survey: Survey): Promise<readonly string[]> {
  const { run, stack, secrets } = survey;
  const vaultName = findManaged(stack, 'Microsoft.KeyVault/vaults');
  if (vaultName === undefined) return [];
  const vault = openVault(run, vaultName);
  const lines = await Promise.all(
    [...secrets].map(async ([name, value]) =>
      (await vault.has(name)) ? toLine(name, value, await tryRead(survey, name)) : undefined,
    ),
  );
  return lines.filter((line) => line !== undefined);
}

function toLine(name: string, given: string, old: string | undefined): string | undefined {
  const lost = `without overlap${CONSEQUENCES[name] ?? ''}; ${ROTATION} has the way`;
  if (old === undefined)
    return `${name} replaces the one in the vault, which you cannot read: if that differs, ${lost}`;
  if (old.trim() === given) return undefined;
  return hasOverlap(given, old)
    ? `${name} replaces a different one in the vault, and keeps its keys`
    : `${name} replaces a different one in the vault, ${lost}`;
}

/** Whether each of the old keys is still there. */
function hasOverlap(given: string, old: string): boolean {
  const kept = new Set(toKeys(given));
  return toKeys(old).every((key) => kept.has(key));
}

function toKeys(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean);
}

async function tryRead({ run, stack }: Survey, name: string): Promise<string | undefined> {
  const uri = stack?.outputs['keyVaultUri'];
  if (uri === undefined) return undefined;
  const { credential, io } = run;
  return openKeyVaultSecret({ uri, credential, fetch: io.fetch }, name)
    .read()
    .catch(() => undefined);
}
