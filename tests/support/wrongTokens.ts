import { createPublicKey } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type JWK,
  type JWTPayload,
} from 'jose';

/** Signs tokens that the system accepts. */
export interface Signer {
  /** A valid token, except for these claims and this header. */
  readonly sign: (
    claims: JWTPayload,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
  readonly publicKey: () => Promise<JWK>;
}

/** A token without `exp`: JSON omits `undefined`. */
const NO_EXPIRY = { exp: undefined } as unknown as JWTPayload;

type WrongToken = (signer: Signer) => Promise<string>;

/** More than the accepted difference between clocks. */
const TEN_MINUTES_IN_SECONDS = 600;
const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow;

/** Tokens with one fault each. No endpoint may accept them. */
export const WRONG_TOKENS: readonly (readonly [string, WrongToken])[] = [
  ['that is no JWT', () => Promise.resolve('a.b.c')],
  ['that has expired', ({ sign }) => sign({ exp: seconds(-TEN_MINUTES_IN_SECONDS) })],
  ['that never expires', ({ sign }) => sign(NO_EXPIRY)],
  ['that is not valid yet', ({ sign }) => sign({ nbf: seconds(TEN_MINUTES_IN_SECONDS) })],
  ['of another issuer', ({ sign }) => sign({ iss: 'https://other.example' })],
  ['with an unknown key id', ({ sign }) => sign({}, { kid: 'unknown' })],
  [
    'signed by another key under a known key id',
    async (signer) => {
      const token = await signer.sign({});
      const { kid = '' } = decodeProtectedHeader(token);
      const { privateKey } = await generateKeyPair('RS256');
      return new SignJWT(decodeJwt(token))
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(privateKey);
    },
  ],
  [
    'with the signature of another token',
    async ({ sign }) => {
      const [header, payload] = (await sign({ jti: 'one' })).split('.');
      const [, , signature] = (await sign({ jti: 'other' })).split('.');
      return [header, payload, signature].join('.');
    },
  ],
  ['with `alg: none`', async ({ sign }) => new UnsecuredJWT(decodeJwt(await sign({}))).encode()],
  [
    'with `alg: HS256` and the public key as its secret',
    async (signer) => {
      const token = await signer.sign({});
      const { kid = '' } = decodeProtectedHeader(token);
      const key = createPublicKey({ key: await signer.publicKey(), format: 'jwk' });
      const pem = key.export({ type: 'spki', format: 'pem' });
      return new SignJWT(decodeJwt(token))
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(Buffer.from(pem));
    },
  ],
];

/** A wrong token for endpoints that check the audience. */
export const WRONG_AUDIENCE: readonly [string, WrongToken] = [
  'for another audience',
  ({ sign }) => sign({ aud: 'other' }),
];
