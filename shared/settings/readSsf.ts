import { invalid, readUrl, readWords, type Environment } from './readSetting.ts';
import { readSigningKeys, type SigningKeys } from './readSigningKeys.ts';

/** This system as a transmitter of the Shared Signals Framework. */
export interface SsfConfig {
  /** The `iss` of every token, and the base URL of the discovery document. */
  readonly issuer: string;
  readonly signingKeys: SigningKeys;
}

/** `undefined` if neither setting is set. @throws ConnectorError `settingInvalid` if only one is. */
export function readSsf(environment: Environment): SsfConfig | undefined {
  const isSet = (name: string): boolean => readWords(environment, name).length > 0;
  if (!isSet('SSF_ISSUER') && !isSet('SSF_SIGNING_KEYS')) return undefined;
  const issuer = readUrl(environment, 'SSF_ISSUER');
  if (issuer.endsWith('/') || /[?#]/.test(issuer))
    throw invalid('SSF_ISSUER', 'a URL without a trailing `/`, query or fragment');
  return { issuer, signingKeys: readSigningKeys(environment, 'SSF_SIGNING_KEYS') };
}
