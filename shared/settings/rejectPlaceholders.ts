import { invalid, readWords, type Environment } from './readSetting.ts';

/** The settings that hold secrets. */
const SECRETS = [
  'CALLER_KEYS',
  'CLOUDFLARE_EVALUATION_KEYS',
  'EVENT_SOURCE_SECRETS',
  'MESSAGE_KEYS',
  'NAC_KEYS',
  'REMEDIATION_TICKET_KEYS',
  'SEP_MOBILE_WEBHOOK_SECRETS',
  'SSF_SIGNING_KEYS',
  'WEBHOOK_MASTER_KEYS',
];

/** The examples in `local.settings.example.json` contain this text, plain or in base64. Everybody can read them. */
const PLACEHOLDER = /replace-this/i;

/** @throws ConnectorError `settingInvalid` naming a secret that was copied from the example and not replaced. */
export function rejectPlaceholders(environment: Environment): void {
  for (const name of SECRETS)
    if (readWords(environment, name).some(isPlaceholder))
      throw invalid(name, 'a secret of your own: it still holds an example, which everybody knows');
}

function isPlaceholder(word: string): boolean {
  const encoded = word.slice(word.indexOf('_') + 1);
  return [word, Buffer.from(encoded, 'base64').toString()].some((text) => PLACEHOLDER.test(text));
}
