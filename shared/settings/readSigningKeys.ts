import { createPrivateKey, type KeyObject } from 'node:crypto';
import { invalid, readRequired, type Environment } from './readSetting.ts';

/** The first key signs. During rotation the second is published too, so receivers can verify old and new tokens. */
export type SigningKeys = readonly [KeyObject, ...KeyObject[]];

const MAX_SIGNING_KEYS = 2;
/** RFC 7518 section 3.3: RS256 requires 2048 bits or more. */
const MIN_KEY_LENGTH_IN_BITS = 2048;

/** The PEM is in base64, because not every settings store preserves its line breaks. */
export function readSigningKeys(environment: Environment, name: string): SigningKeys {
  const [first, ...others] = readRequired(environment, name)
    .split(/\s+/)
    .map((word) => toRsaKey(Buffer.from(word, 'base64')));
  if (first !== undefined && others.length < MAX_SIGNING_KEYS) {
    const second = others.filter((key) => key !== undefined);
    if (second.length === others.length) return [first, ...second];
  }
  throw invalid(
    name,
    'one or two RSA keys of 2048 bits or more, each the base64 of a PKCS #8 PEM file, separated by a space',
  );
}

function toRsaKey(pem: Buffer): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const isValid = key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_KEY_LENGTH_IN_BITS;
    return isValid ? key : undefined;
  } catch {
    return undefined;
  }
}
