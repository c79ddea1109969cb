import { invalid, readUrl, readWords, type Environment } from './readSetting.ts';

/** This system as a sender of webhooks. */
export interface WebhooksConfig {
  /** The `source` of every event. Its host asks the receivers for consent. */
  readonly origin: string;
  /** The endpoints' secrets derive from these keys: new ones from the first, those in use from either. */
  readonly masterKeys: readonly [Buffer, ...Buffer[]];
}

const MAX_KEYS = 2;
const KEY_LENGTH_IN_BYTES = 32;

/** `undefined` if neither setting is set. @throws ConnectorError `settingInvalid` if only one is. */
export function readWebhooks(environment: Environment): WebhooksConfig | undefined {
  const values = readWords(environment, 'WEBHOOK_MASTER_KEYS');
  if (values.length === 0 && readWords(environment, 'WEBHOOK_ORIGIN').length === 0)
    return undefined;
  const origin = readUrl(environment, 'WEBHOOK_ORIGIN');
  if (origin !== new URL(origin).origin)
    throw invalid('WEBHOOK_ORIGIN', 'an origin, without path or `/`');
  const [first, ...others] = values.map((value) => Buffer.from(value, 'base64'));
  const isValid = [first, ...others].every((key) => key?.length === KEY_LENGTH_IN_BYTES);
  if (first === undefined || !isValid || others.length >= MAX_KEYS)
    throw invalid(
      'WEBHOOK_MASTER_KEYS',
      'one or two keys, each the base64 of 32 bytes, separated by a space',
    );
  return { origin, masterKeys: [first, ...others] };
}
