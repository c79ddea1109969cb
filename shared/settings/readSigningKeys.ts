import { createPrivateKey, type KeyObject } from 'node:crypto';
import { invalid, readRequired, type Environment } from './readSetting.ts';

/** The first signs; the second is still published, or already, while one replaces it. */
export type SigningKeys = readonly [KeyObject, ...KeyObject[]];

const MAX_SIGNING_KEYS = 2;
/** RFC 7518 section 3.3: RS256 wants 2048 bits or more. */
const MIN_KEY_LENGTH_IN_BITS = 2048;
/** PEM has line breaks, which not every place for settings keeps: hence the base64 around it. */
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
    const isRight = key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_KEY_LENGTH_IN_BITS;
    return isRight ? key : undefined;
  } catch {
    return undefined;
  }
}
