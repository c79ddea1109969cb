import { randomBytes } from 'node:crypto';
import type { KeyVault } from './keyVault.ts';
import { openKeyVaultSecret, REFRESH_NOTE } from './keyVaultSecret.ts';

const KEY_LENGTH_IN_BYTES = 32;

/** The place of the callers' keys. */
export interface CallerKeyStore {
  /** The entries, as `CALLER_KEYS` and `NAC_KEYS` have them. */
  read(): Promise<readonly string[]>;
  write(entries: readonly string[]): Promise<void>;
  /** Whether the system uses the written keys, as far as this process can see. */
  isApplied(): Promise<boolean>;
  /** Manual steps that remain. */
  readonly notes: readonly string[];
}

/** A key as `CALLER_KEYS` takes it. */
function createCallerKey(): string {
  return randomBytes(KEY_LENGTH_IN_BYTES).toString('base64url');
}

/** All entries in one secret of Key Vault, separated by spaces. */
export function openKeyVaultCallerKeys(vault: KeyVault, name: string): CallerKeyStore {
  const stored = openKeyVaultSecret(vault, name);
  return {
    read: async () => (await stored.read()).split(/\s+/).filter((entry) => entry !== ''),
    // Key Vault takes no empty value, so a key that nobody knows stands for none.
    write: (entries) =>
      stored.write(entries.length === 0 ? `none=${createCallerKey()}` : entries.join(' ')),
    isApplied: () => Promise.resolve(true),
    notes: [`${REFRESH_NOTE}. Until then a revoked key stays valid.`],
  };
}
