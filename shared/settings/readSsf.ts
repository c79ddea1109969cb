import { invalid, readUrl, readWords, type Environment } from './readSetting.ts';
import { readSigningKeys, type SigningKeys } from './readSigningKeys.ts';

/** What this system is as a transmitter of the Shared Signals Framework. */
export interface SsfConfig {
  /** The `iss` of every token, and where its discovery document is found. */
  readonly issuer: string;
  readonly signingKeys: SigningKeys;
}

/** Both or neither: half a configuration is a slip. */
export function readSsf(environment: Environment): SsfConfig | undefined {
  const isSet = (name: string): boolean => readWords(environment, name).length > 0;
  if (!isSet('SSF_ISSUER') && !isSet('SSF_SIGNING_KEYS')) return undefined;
  const issuer = readUrl(environment, 'SSF_ISSUER');
  if (issuer.endsWith('/') || /[?#]/.test(issuer))
    throw invalid('SSF_ISSUER', 'a URL without a `/` at its end, query or fragment');
  return { issuer, signingKeys: readSigningKeys(environment, 'SSF_SIGNING_KEYS') };
}
