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

/** Somebody whose tokens are taken. */
export interface Signer {
  /** A token that is right, but for what is given here. */
  readonly sign: (
    claims: JWTPayload,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
  readonly publicKey: () => Promise<JWK>;
}

/** JSON leaves out what is `undefined`, and so does a token. */
const NO_END = { exp: undefined } as unknown as JWTPayload;

type WrongToken = (signer: Signer) => Promise<string>;

/** Well beyond what clocks may differ by. */
const TEN_MINUTES_IN_SECONDS = 600;
const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow;

/** Tokens that are right but for one thing; none of them may open anything. */
export const WRONG_TOKENS: readonly (readonly [string, WrongToken])[] = [
  ['that is none', () => Promise.resolve('a.b.c')],
  ['that is over', ({ sign }) => sign({ exp: seconds(-TEN_MINUTES_IN_SECONDS) })],
  ['that never ends', ({ sign }) => sign(NO_END)],
  ['that is not valid yet', ({ sign }) => sign({ nbf: seconds(TEN_MINUTES_IN_SECONDS) })],
  ['of another issuer', ({ sign }) => sign({ iss: 'https://other.example' })],
  ['of a key that is not published', ({ sign }) => sign({}, { kid: 'unknown' })],
  [
    'signed by another key under the name of the right one',
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
    'whose signature was taken from another',
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

/** The same for whoever asks for whom the token is. */
export const WRONG_AUDIENCE: readonly [string, WrongToken] = [
  'for another audience',
  ({ sign }) => sign({ aud: 'other' }),
];
