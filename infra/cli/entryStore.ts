import { randomBytes } from 'node:crypto';
import type { KeyVault } from './keyVault.ts';
import { openKeyVaultSecret, REFRESH_NOTE } from './keyVaultSecret.ts';

const KEY_LENGTH_IN_BYTES = 32;

/** The place of a secret that has an entry `name=secret` for each caller or event source. */
export interface EntryStore {
  /** The entries, as `CALLER_KEYS`, `NAC_KEYS` and `EVENT_SOURCE_SECRETS` have them. */
  read(): Promise<readonly string[]>;
  write(entries: readonly string[]): Promise<void>;
  /** Whether the system uses the written entries, as far as this process can see. */
  isApplied(): Promise<boolean>;
  /** Manual steps that remain. */
  readonly notes: readonly string[];
}

/** A key or secret that every such setting accepts. */
export function createEntrySecret(): string {
  return randomBytes(KEY_LENGTH_IN_BYTES).toString('base64url');
}

/** All entries in one secret of Key Vault, separated by spaces. */
export function openKeyVaultEntries(vault: KeyVault, name: string): EntryStore {
  const stored = openKeyVaultSecret(vault, name);
  return {
    read: async () => (await stored.read()).split(/\s+/).filter((entry) => entry !== ''),
    // Key Vault takes no empty value, so a key that nobody knows stands for none.
    write: (entries) =>
      stored.write(entries.length === 0 ? `none=${createEntrySecret()}` : entries.join(' ')),
    isApplied: () => Promise.resolve(true),
    notes: [`${REFRESH_NOTE}. Until then a new secret is refused, and a revoked one stays valid.`],
  };
}
