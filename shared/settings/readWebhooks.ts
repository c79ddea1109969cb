import { invalid, readUrl, readWords, type Environment } from './readSetting.ts';

/** What this system is as a sender of webhooks. */
export interface WebhooksConfig {
  /** What stands as `source` in every event, and whose host asks for consent. */
  readonly origin: string;
  /** What the endpoints' secrets are made from: the first for new ones, both for those that are in use. */
  readonly masterKeys: readonly [Buffer, ...Buffer[]];
}

const MAX_KEYS = 2;
const KEY_LENGTH_IN_BYTES = 32;

/** Both or neither: half a configuration is a slip. */
export function readWebhooks(environment: Environment): WebhooksConfig | undefined {
  const values = readWords(environment, 'WEBHOOK_MASTER_KEYS');
  if (values.length === 0 && readWords(environment, 'WEBHOOK_ORIGIN').length === 0)
    return undefined;
  const origin = readUrl(environment, 'WEBHOOK_ORIGIN');
  if (origin !== new URL(origin).origin)
    throw invalid('WEBHOOK_ORIGIN', 'an origin, without path or `/`');
  const [first, ...others] = values.map((value) => Buffer.from(value, 'base64'));
  const isRight = [first, ...others].every((key) => key?.length === KEY_LENGTH_IN_BYTES);
  if (first === undefined || !isRight || others.length >= MAX_KEYS)
    throw invalid(
      'WEBHOOK_MASTER_KEYS',
      'one or two keys, each the base64 of 32 bytes, separated by a space',
    );
  return { origin, masterKeys: [first, ...others] };
}
