import { invalid, readRequired, type Environment } from './readSetting.ts';

const MAX_KEYS = 2;
const KEY_LENGTH_IN_BYTES = 32;
/** The key of `local.settings.example.json` begins with this. Everybody knows it. */
const EXAMPLE = 'replace-this';

/**
 * One or two keys, each the base64 of 32 bytes. The example's key is accepted with Microsoft's emulator alone.
 * @throws ConnectorError `settingInvalid`.
 */
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
  if (!usesEmulator(environment) && keys.some((key) => key.toString().startsWith(EXAMPLE)))
    throw invalid(name, `replaced: the key of the example, \`${EXAMPLE}…\`, is public`);
  return [first, ...others];
}

/** The flag with which a connection string selects the emulator of Service Bus. */
function usesEmulator(environment: Environment): boolean {
  return /UseDevelopmentEmulator=true/i.test(environment['ServiceBusConnection'] ?? '');
}
