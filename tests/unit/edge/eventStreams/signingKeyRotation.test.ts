import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { describe, expect, it } from 'vitest';
import { signSecurityEvent } from '../../../../shared/edge/eventStreams/signSecurityEvent.ts';
import { toPublicKeysReply } from '../../../../shared/edge/http/toPublicKeysReply.ts';
import { readSsf, type SsfConfig } from '../../../../shared/settings/readSsf.ts';

const ISSUER = 'https://mtd.example';
const AUDIENCE = 'receiver';
const EVENT = {
  jti: 'jti-1',
  txn: 'txn-1',
  sub_id: { format: 'opaque', id: 'stream-1' },
  events: { 'https://schemas.openid.net/secevent/ssf/event-type/verification': {} },
} as const;

/** As an administrator makes it: `openssl genpkey -algorithm RSA | base64 -w0`. */
function createSigningKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return Buffer.from(pem).toString('base64');
}

const OLD_KEY = createSigningKey();
const NEW_KEY = createSigningKey();

/** The values of `SSF_SIGNING_KEYS` in the order of a rotation. */
const STEPS = [OLD_KEY, `${OLD_KEY} ${NEW_KEY}`, `${NEW_KEY} ${OLD_KEY}`, NEW_KEY].map((keys) => {
  const config = readSsf({ SSF_ISSUER: ISSUER, SSF_SIGNING_KEYS: keys });
  if (config === undefined) throw new TypeError('the settings configure no transmitter');
  return config;
});

const sign = (config: SsfConfig): Promise<string> =>
  signSecurityEvent(config, EVENT, AUDIENCE, new Date());

/** The key set that receivers fetch. */
const publishedBy = ({ signingKeys }: SsfConfig): JSONWebKeySet =>
  toPublicKeysReply(signingKeys).jsonBody as JSONWebKeySet;

/** Verifies as a receiver does that fetched its keys while the transmitter had these. */
const verify = (token: string, config: SsfConfig): Promise<unknown> =>
  jwtVerify(token, createLocalJWKSet(publishedBy(config)), {
    issuer: ISSUER,
    audience: AUDIENCE,
    typ: 'secevent+jwt',
    algorithms: ['RS256'],
  });

describe('a rotation of the signing keys', () => {
  it.each(STEPS.map((step, at) => [at, step] as const))(
    'in step %i signs tokens that receivers verify with the keys of the same step, the one before, and the one after',
    async (at, step) => {
      const token = await sign(step);
      for (const fetched of STEPS.slice(Math.max(0, at - 1), at + 2))
        await expect(verify(token, fetched)).resolves.toMatchObject({ payload: { jti: 'jti-1' } });
    },
  );

  it('publishes the signing key first, and the other key a step before and after it signs', () => {
    const published = STEPS.map((step) => publishedBy(step).keys.map(({ kid }) => kid));
    const [[oldKid] = [], , , [newKid] = []] = published;
    expect(oldKid).not.toBe(newKid);
    expect(published).toEqual([[oldKid], [oldKid, newKid], [newKid, oldKid], [newKid]]);
  });

  it('ends with a key that receivers of the first step do not know', async () => {
    const [first, , , last] = STEPS;
    if (first === undefined || last === undefined) throw new TypeError('there are four steps');
    await expect(verify(await sign(last), first)).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    });
  });
});
