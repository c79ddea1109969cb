import { invalid, readRequired, type Environment } from './readSetting.ts';

const MAX_KEYS = 2;
const KEY_LENGTH_IN_BYTES = 32;

/** One or two keys, each the base64 of 32 bytes. @throws ConnectorError `settingInvalid`. */
export function readMessageKeys(
  environment: Environment,
  name: string,
): readonly [Buffer, ...Buffer[]] {
  const [first, ...others] = readRequired(environment, name)
    .split(/\s+/)
    .map((value) => Buffer.from(value, 'base64'));
  const keys = first === undefined ? [] : [first, ...others];
  const areRightLength = keys.every(({ length }) => length === KEY_LENGTH_IN_BYTES);
  if (first === undefined || keys.length > MAX_KEYS || !areRightLength)
    throw invalid(name, 'one or two keys, each the base64 of 32 bytes, separated by a space');
  return [first, ...others];
}
